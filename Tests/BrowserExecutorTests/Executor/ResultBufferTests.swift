import ChromePipe
import Foundation
import Pool
import PoolEngine
import Synchronization
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

        @Test("that came before an error are recorded before it")
        func beforeError() async throws {
            let bench = try Bench()
            let (browser, _) = try await bench.launch()
            let model = try bench.digits()
            let run = try bench.beginRun(on: browser, items: 0..<2_000_000, batch: 1, model: model)
            _ = try await bench.log.first { $0.progressed?.obligation == run ? true : nil }
            for pid in try await bench.processes("GPU", of: browser) { kill(pid, SIGKILL) }
            _ = try await bench.log.first { $0.failed }
            let steps = bench.log.observations.compactMap(\.progressed)
            #expect(zip(steps, steps.dropFirst()).allSatisfy { $0.firstItem + $0.itemCount == $1.firstItem })
            #expect(bench.log.observations.last { $0.failed != nil || $0.progressed != nil }?.failed != nil)
            try await bench.close(browser)
        }
    }
}
