import ChromePipe
import Foundation
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

extension RealBrowser {
    @Suite("A fault that is injected into a browser") struct Injection {
        @Test("says what it is done to before it is done, and then is seen as what it is")
        func aim() async throws {
            let bench = try Bench()
            let (browser, launched) = try await bench.launch()
            _ = try await bench.runForLong(on: browser)
            let aimed = try await bench.executor.aim(.gpuKilled, at: browser.browser, browser.incarnation)
            #expect(aimed.fault == .gpuKilled && aimed.browser == browser.browser)
            #expect(aimed.incarnation == browser.incarnation)
            #expect(try await bench.processes("GPU", of: browser).map(UInt32.init) == [aimed.pid])
            #expect(aimed.detail == "SIGKILL to the GPU process" && aimed.method.isEmpty)
            #expect(bench.log.observations.allSatisfy { $0.failed == nil })
            try await bench.executor.inject(aimed)
            #expect(try await bench.log.first { $0.failed }.evidence == .gpuProcessLost)
            let crash = try? await bench.executor.aim(
                .rendererCrashed, at: browser.browser, browser.incarnation)
            #expect(crash == nil, "it failed and is not up")
            try await bench.close(browser)
            #expect(launched.facts.simulated == false)
        }

        @Test(
            "that ends the browser process is seen as its end, with nothing left",
            arguments: [
                InjectedFault.browserKilled, .browserTerminated, .browserCrashed, .pipeClosed,
            ])
        func ends(_ fault: InjectedFault) async throws {
            let bench = try Bench()
            let (browser, _) = try await bench.launch()
            _ = try await bench.runForLong(on: browser)
            try await bench.inject(fault, into: browser)
            let failed = try await bench.log.first { $0.failed }
            #expect(fault.expectedEvidence.contains(failed.evidence), "\(failed.detail)")
            #expect(failed.processEnded)
            #expect(try await bench.leftovers(after: .seconds(10)).isEmpty)
        }

        @Test(
            "that is harmless leaves the browser and its work alone",
            arguments: [InjectedFault.hugeArrayBuffer, .shaderInvalid])
        func harmless(_ fault: InjectedFault) async throws {
            let bench = try Bench()
            let (browser, _) = try await bench.launch()
            let run = try bench.beginRun(on: browser, items: 0..<6_400, model: bench.digits())
            _ = try await bench.log.first { $0.progressed?.obligation == run ? true : nil }
            try await bench.inject(fault, into: browser)
            _ = try await bench.completion(of: run)
            #expect(bench.log.observations.allSatisfy { $0.failed == nil && $0.runFailed == nil })
            try await bench.close(browser)
        }

        @Test("of a script that fills its heap is seen as the end of its renderer")
        func heap() async throws {
            let bench = try Bench {
                $0.launchOptions.extraArguments.append("--js-flags=--max-old-space-size=128")
            }
            let (browser, _) = try await bench.launch()
            _ = try await bench.runForLong(on: browser)
            try await bench.inject(.heapExhausted, into: browser)
            let failed = try await bench.log.first { $0.failed }
            #expect(
                InjectedFault.heapExhausted.expectedEvidence.contains(failed.evidence), "\(failed.detail)")
            try await bench.close(browser)
        }

        @Test("is refused for a browser that there is none of")
        func gone() async throws {
            let bench = try Bench()
            await #expect(throws: InjectionRefusal.self) {
                try await bench.executor.aim(.gpuKilled, at: BrowserID(9), IncarnationID(9))
            }
            await #expect(throws: InjectionRefusal.self) {
                try await bench.executor.inject(
                    FaultInjected(browser: BrowserID(9), incarnation: IncarnationID(9)))
            }
        }
    }
}
