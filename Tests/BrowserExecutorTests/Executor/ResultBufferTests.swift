import Pool
import Testing

@testable import BrowserExecutor

extension RealBrowser {
    @Suite("Results of a run")
    struct ResultBuffering {
        @Test("come in order, each once, and not one by one where items are quick")
        func together() async throws {
            let bench = try Bench()
            let (browser, _) = try await bench.launch()
            let model = try bench.digits()
            let run = try bench.beginRun(on: browser, items: 0..<300, batch: 3, model: model)
            _ = try await bench.completion(of: run)
            let steps = bench.log.observations.compactMap(\.progressed)
            var next: UInt64 = 0
            for step in steps {
                #expect(step.firstItem == next && (1...64).contains(step.itemCount))
                next += step.itemCount
            }
            #expect(next == 300)
            // A hundred calls to the page: were each recorded by itself, there would be as many steps.
            #expect(steps.count < 60, "\(steps.count)")
            #expect(try bench.outputs(of: run).count == 300)
            try await bench.close(browser)
        }

        @Test("that wait to be recorded are recorded when the browser fails, before its failure")
        func failing() async throws {
            let bench = try Bench()
            let (browser, _) = try await bench.launch()
            let run = try bench.beginRun(on: browser, items: 0..<1_000_000, batch: 1, model: bench.digits())
            let before = try await bench.log.first { $0.progressed }
            // Long enough for some results, too short for the next to be recorded.
            try await Task.sleep(for: .milliseconds(80))
            try await bench.inject(.rendererKilled, into: browser)
            _ = try await bench.log.first { $0.failed }
            let all = bench.log.observations
            let end = try #require(all.firstIndex { $0.failed != nil })
            #expect(all[end...].allSatisfy { $0.progressed == nil })
            let steps = all.compactMap(\.progressed).filter { $0.obligation == run }
            var next: UInt64 = 0
            for step in steps {
                #expect(step.firstItem == next)
                next += step.itemCount
            }
            #expect(next > before.itemCount + 5, "\(next)")
            try await bench.close(browser)
        }
    }
}
