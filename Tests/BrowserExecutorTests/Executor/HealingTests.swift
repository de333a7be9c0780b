import ChromePipe
import Foundation
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

extension RealBrowser {
    @Suite("A browser that failed and whose process lives") struct Healing {
        /// What is done to it, what is seen then, and the rung that heals it.
        struct Case: CustomTestStringConvertible {
            var fault: InjectedFault
            var evidence: Evidence
            var rung: Rung
            var testDescription: String { "\(fault.name), \(rung.name)" }
        }

        @Test(
            "is usable again after the rung, in the same process, and runs what an undisturbed one does",
            arguments: [
                Case(fault: .rendererCrashed, evidence: .rendererCrashed, rung: .reloadPage),
                Case(fault: .rendererKilled, evidence: .rendererKilled, rung: .reloadPage),
                Case(fault: .rendererKilled, evidence: .rendererKilled, rung: .freshPage),
                Case(fault: .gpuKilled, evidence: .gpuProcessLost, rung: .reloadPage),
                Case(fault: .gpuKilled, evidence: .gpuProcessLost, rung: .restartGPU),
                Case(fault: .scriptLooped, evidence: .scriptHung, rung: .endScript),
                Case(fault: .scriptLooped, evidence: .scriptHung, rung: .freshPage),
                Case(fault: .gpuStopped, evidence: .shaderHung, rung: .restartGPU),
                Case(fault: .shaderLooped, evidence: .shaderHung, rung: .restartGPU),
                Case(fault: .deviceDestroyed, evidence: .deviceLost, rung: .reloadPage),
                Case(fault: .pageNavigated, evidence: .rendererCrashed, rung: .reloadPage),
                Case(fault: .pageClosed, evidence: .rendererCrashed, rung: .freshPage),
                Case(fault: .rendererStopped, evidence: .scriptHung, rung: .freshPage),
            ])
        func heals(_ healing: Case) async throws {
            let bench = try Bench {
                $0.dispatchDeadline = .seconds(2)
                $0.probeDeadline = .milliseconds(500)
            }
            let (browser, launched) = try await bench.launch()
            let undisturbed = try bench.beginRun(on: browser, items: 0..<64, model: bench.digits())
            _ = try await bench.completion(of: undisturbed)
            _ = try await bench.runForLong(on: browser)
            try await bench.inject(healing.fault, into: browser)
            #expect(try await bench.log.first { $0.failed }.evidence == healing.evidence)

            let ended = try await bench.heal(browser, by: healing.rung, after: healing.evidence)
            #expect(ended.healed, "\(ended.detail)")
            #expect(ended.durationMs > 0)
            let webgpu = ended.backends.first { $0.backend == .webgpu }
            #expect(webgpu != nil && webgpu?.refusal == nil)

            let again = try bench.beginRun(on: browser, items: 0..<64, model: bench.digits())
            #expect(try await bench.completion(of: again).provenance.simulated == false)
            // The model that was interrupted was brought back meanwhile.
            let started = bench.log.observations.compactMap(\.started).first { $0.obligation == again }
            #expect(started?.cold == false && started?.compileMs == 0)
            let labels = try bench.outputs(of: again).map(\.label)
            #expect(try bench.outputs(of: undisturbed).map(\.label) == labels)
            let chrome = try await bench.chrome(of: browser)
            #expect(UInt32(chrome.pid) == launched.facts.pid)
            #expect(bench.log.observations.count { $0.failed != nil } == 1)
            try await bench.close(browser)
        }

        @Test("has its last model again when it is started anew after its process ended")
        func startedAnew() async throws {
            let bench = try Bench()
            let (first, _) = try await bench.launch()
            _ = try await bench.runForLong(on: first)
            try await bench.inject(.browserKilled, into: first)
            _ = try await bench.log.first { $0.failed }
            try await bench.close(first)

            func isCold(on launch: Effect.Launch) async throws -> Bool? {
                let run = try bench.beginRun(on: launch, items: 0..<64, model: bench.digits())
                _ = try await bench.completion(of: run)
                return bench.log.observations.compactMap(\.started).first { $0.obligation == run }?.cold
            }
            let (second, _) = try await bench.launch(of: first.browser)
            #expect(try await isCold(on: second) == false)
            try await bench.close(second)
            // Another browser never had it.
            let (other, _) = try await bench.launch()
            #expect(try await isCold(on: other) == true)
            try await bench.close(other)
        }

        @Test("is reported as ended when its process ends while a rung is taken, and nothing of the rung")
        func diesMeanwhile() async throws {
            let bench = try Bench()
            let (browser, launched) = try await bench.launch()
            try await bench.inject(.rendererKilled, into: browser)
            _ = try await bench.log.first { $0.failed }
            // It answers nothing any more, so the rung is under way when it ends.
            kill(Int32(launched.facts.pid), SIGSTOP)
            let rung = ObligationID(bench.newID())
            bench.perform(
                .heal(
                    Effect.Heal(
                        obligation: rung, browser: browser.browser, incarnation: browser.incarnation,
                        rung: .reloadPage, evidence: .rendererKilled, deadline: .zero)))
            try await Task.sleep(for: .milliseconds(300))
            kill(Int32(launched.facts.pid), SIGKILL)
            let ended = try await bench.log.first {
                $0.failed.flatMap { $0.processEnded ? $0 : nil }
            }
            #expect(ended.evidence == .processExited)
            #expect(bench.log.observations.allSatisfy { $0.rungEnded == nil })
            #expect(try await bench.leftovers(after: .seconds(10)).isEmpty)
        }

        @Test("is closed although a rung is under way on it")
        func closedMeanwhile() async throws {
            let bench = try Bench()
            let (browser, launched) = try await bench.launch()
            try await bench.inject(.rendererKilled, into: browser)
            _ = try await bench.log.first { $0.failed }
            kill(Int32(launched.facts.pid), SIGSTOP)
            bench.perform(
                .heal(
                    Effect.Heal(
                        obligation: ObligationID(bench.newID()), browser: browser.browser,
                        incarnation: browser.incarnation, rung: .reloadPage, evidence: .rendererKilled,
                        deadline: .zero)))
            try await Task.sleep(for: .milliseconds(200))
            #expect(try await bench.close(browser) == .forced)
            #expect(bench.log.observations.allSatisfy { $0.rungEnded == nil })
        }
    }
}
