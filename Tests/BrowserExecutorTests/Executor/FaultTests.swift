import ChromePipe
import Foundation
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

extension RealBrowser {
    @Suite("A browser that fails in the middle of a run") struct Faults {
        /// The one failure that is reported, after which nothing is said of the run.
        private func failure(
            on bench: Bench, _ browser: Effect.Launch, sourceLocation: SourceLocation = #_sourceLocation
        ) async throws -> BrowserFailed {
            let failed = try await bench.log.first(sourceLocation: sourceLocation) { $0.failed }
            // Whatever else the same fault makes visible has come by then.
            try await Task.sleep(for: .milliseconds(700))
            #expect(failed.browser == browser.browser, sourceLocation: sourceLocation)
            #expect(failed.incarnation == browser.incarnation, sourceLocation: sourceLocation)
            #expect(!failed.detail.isEmpty, sourceLocation: sourceLocation)
            let after = bench.log.observations.drop { $0.failed == nil }
            #expect(after.count == 1, "\(after)", sourceLocation: sourceLocation)
            return failed
        }

        @Test("because it was killed is reported once, with the signal, and leaves nothing (EXEC-1, EXEC-2)")
        func killBrowser() async throws {
            let bench = try Bench()
            let (browser, launched) = try await bench.launch()
            _ = try await bench.runForLong(on: browser)
            kill(Int32(launched.facts.pid), SIGKILL)
            let failed = try await failure(on: bench, browser)
            #expect(failed.evidence == .processExited)
            #expect(failed.processEnded)
            #expect(failed.signal == UInt32(SIGKILL))
            #expect(try await bench.leftovers(after: .seconds(10)).isEmpty)
            // An order that crosses the news is answered if it must be, and else does nothing.
            _ = try bench.beginRun(on: browser, items: 0..<1, model: bench.digits())
            #expect(try await bench.close(browser) == .alreadyEnded)
        }

        @Test("because it left of its own is reported as ended, and not by what it closed before")
        func terminateBrowser() async throws {
            let bench = try Bench()
            let (browser, launched) = try await bench.launch()
            _ = try await bench.runForLong(on: browser)
            kill(Int32(launched.facts.pid), SIGTERM)
            let failed = try await failure(on: bench, browser)
            #expect(failed.evidence == .processExited)
            #expect(failed.processEnded)
            #expect(try await bench.leftovers(after: .seconds(10)).isEmpty)
        }

        @Test("because its renderer was killed, or crashed, or its page was closed, says which")
        func loseRenderer() async throws {
            let bench = try Bench()
            let (first, _) = try await bench.launch()
            _ = try await bench.runForLong(on: first)
            for pid in try await bench.processes("renderer", of: first) { kill(pid, SIGKILL) }
            #expect(try await failure(on: bench, first).evidence == .rendererKilled)
            try await bench.close(first)

            let crashed = try Bench()
            let (second, _) = try await crashed.launch()
            _ = try await crashed.runForLong(on: second)
            let page = try #require(try await crashed.page(of: second).session as? PageSession)
            _ = try? await page.call(CDP.Page.Crash(), deadline: .seconds(10))
            #expect(try await failure(on: crashed, second).evidence == .rendererCrashed)
            try await crashed.close(second)
        }

        @Test("because its GPU process was killed is told by that, and not by the device that went with it")
        func killGPU() async throws {
            let bench = try Bench()
            let (browser, _) = try await bench.launch()
            _ = try await bench.runForLong(on: browser)
            for pid in try await bench.processes("GPU", of: browser) { kill(pid, SIGKILL) }
            let failed = try await failure(on: bench, browser)
            #expect(failed.evidence == .gpuProcessLost)
            #expect(!failed.processEnded)
            try await bench.close(browser)
        }

        @Test("or in no run at all, is reported as well")
        func idle() async throws {
            let bench = try Bench()
            let (browser, _) = try await bench.launch()
            for pid in try await bench.processes("GPU", of: browser) { kill(pid, SIGKILL) }
            #expect(try await failure(on: bench, browser).evidence == .gpuProcessLost)
            try await bench.close(browser)

            let closed = try Bench()
            let (other, _) = try await closed.launch()
            try await closed.page(of: other).session.close(deadline: .seconds(10))
            #expect(try await failure(on: closed, other).evidence == .rendererCrashed)
            try await closed.close(other)
        }

        @Test(
            "because something hangs is found by what still answers",
            arguments: [
                (Hang.shader, Evidence.shaderHung), (.script, .scriptHung), (.browser, .heartbeatMissed),
            ])
        func hang(_ hang: Hang, _ evidence: Evidence) async throws {
            let bench = try Bench {
                $0.dispatchDeadline = .seconds(2)
                $0.loadDeadline = .seconds(20)
            }
            let (browser, launched) = try await bench.launch()
            _ = try await bench.runForLong(on: browser)
            switch hang {
            case .shader:
                for pid in try await bench.processes("GPU", of: browser) { kill(pid, SIGSTOP) }
            case .script:
                let page = try await bench.page(of: browser).session
                _ = try? await page.evaluate("for (;;) ;", deadline: .milliseconds(1))
            case .browser: kill(Int32(launched.facts.pid), SIGSTOP)
            }
            let failed = try await failure(on: bench, browser)
            #expect(failed.evidence == evidence, "\(failed.detail)")
            #expect(!failed.processEnded)
            let step = try await bench.close(browser)
            #expect(hang != .browser || step == .forced)
        }

        enum Hang: Sendable { case shader, script, browser }

        @Test("and is being stopped at the time, is still found to hang, and its close is not kept waiting")
        func stopWhileHung() async throws {
            let bench = try Bench {
                $0.dispatchDeadline = .seconds(2)
                $0.probeDeadline = .seconds(5)
            }
            let (browser, launched) = try await bench.launch()
            let run = try await bench.runForLong(on: browser)
            kill(Int32(launched.facts.pid), SIGSTOP)
            // By now the run has been given up, and the browser is being asked what answers, which takes 10 s.
            try await Task.sleep(for: .seconds(4))
            _ = bench.stop(run, on: browser)
            try await Task.sleep(for: .milliseconds(200))
            #expect(bench.log.observations.allSatisfy { $0.stopped == nil && $0.failed == nil })
            let began = ContinuousClock.now
            #expect(try await bench.close(browser) == .forced)
            #expect(ContinuousClock.now - began < .seconds(5))
            #expect(bench.log.observations.allSatisfy { $0.stopped == nil && $0.failed == nil })
        }
    }
}
