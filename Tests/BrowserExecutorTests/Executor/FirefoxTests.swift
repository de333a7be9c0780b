import ChromePipe
import FirefoxBiDi
import Foundation
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

extension RealBrowser {
    @Suite("Firefox behind the same executor") struct FirefoxRuns {
        private func bench() throws -> Bench {
            let firefox = try FirefoxLocator().locate()
            return try Bench { $0.installations = [.firefox(firefox)] }
        }

        @Test(
            "says what it is, runs digits with the labels that Chrome gives, and leaves nothing (EXEC-2, EXEC-4)"
        )
        func runs() async throws {
            let chrome = try Bench()
            let (other, _) = try await chrome.launch()
            let expected = try chrome.beginRun(on: other, items: 0..<360, model: chrome.digits())
            _ = try await chrome.completion(of: expected)
            let bench = try bench()
            let (browser, launched) = try await bench.launch()
            #expect(launched.facts.kind == .firefox)
            #expect(launched.facts.product.hasPrefix("Firefox/"))
            #expect(!launched.facts.simulated)
            #expect(launched.facts.adapter != nil)
            let run = try bench.beginRun(on: browser, items: 0..<360, model: bench.digits())
            let completed = try await bench.completion(of: run)
            #expect(completed.provenance.browser == launched.facts.product)
            #expect(!completed.provenance.simulated)
            #expect(try bench.outputs(of: run).map(\.label) == chrome.outputs(of: expected).map(\.label))
            #expect(try await bench.close(browser) == .asked)
            try await chrome.close(other)
        }

        @Test("that is killed, and whose page's process is killed, is told by that (EXEC-2)")
        func faults() async throws {
            for (fault, evidence) in [
                (InjectedFault.rendererKilled, Evidence.rendererCrashed), (.browserKilled, .processExited),
            ] {
                let bench = try bench()
                let (browser, _) = try await bench.launch()
                _ = try await bench.runForLong(on: browser)
                try await bench.inject(fault, into: browser)
                let failed = try await bench.log.first { $0.failed }
                #expect(failed.evidence == evidence, "\(failed.detail)")
                if evidence == .rendererCrashed {
                    let ended = try await bench.heal(browser, by: .reloadPage, after: evidence)
                    #expect(ended.healed, "\(ended.detail)")
                    let again = try bench.beginRun(on: browser, items: 0..<64, model: bench.digits())
                    _ = try await bench.completion(of: again)
                }
                try await bench.close(browser)
            }
        }

        @Test("refuses the faults and the rungs that its protocol has no way to, by name")
        func refusals() async throws {
            let bench = try bench()
            let (browser, _) = try await bench.launch()
            for fault in [InjectedFault.browserCrashed, .rendererCrashed, .deviceDestroyed, .pipeClosed] {
                await #expect(throws: InjectionRefusal.self, "\(fault)") {
                    try await bench.inject(fault, into: browser)
                }
            }
            _ = try await bench.runForLong(on: browser)
            try await bench.inject(.rendererKilled, into: browser)
            _ = try await bench.log.first { $0.failed }
            for rung in [Rung.endScript, .restartGPU] {
                let ended = try await bench.heal(browser, by: rung, after: .scriptHung)
                #expect(!ended.healed)
                #expect(!ended.detail.isEmpty)
            }
            try await bench.close(browser)
        }
    }

    @Suite("A pool of several kinds of browser") struct Kinds {
        @Test("has as many of each, and a browser that is started anew stays what it was")
        func kinds() async throws {
            let chrome = BrowserInstallation.chrome(try ChromeLocator().locate())
            let firefox = BrowserInstallation.firefox(try FirefoxLocator().locate())
            let bench = try Bench { $0.installations = [firefox, chrome] }
            let (first, one) = try await bench.launch()
            let (second, two) = try await bench.launch()
            #expect(one.facts.kind == .firefox)
            #expect(two.facts.kind != .firefox)
            kill(Int32(one.facts.pid), SIGKILL)
            _ = try await bench.log.first { $0.failed }
            let again = Effect.Launch(
                obligation: ObligationID(bench.newID()), browser: first.browser,
                incarnation: IncarnationID(bench.newID()), deadline: .zero)
            bench.perform(.launch(again))
            let report = try await bench.log.first {
                $0.launched?.obligation == again.obligation ? $0.launched : nil
            }
            #expect(report.facts.kind == .firefox)
            _ = bench.beginClose(again)
            _ = bench.beginClose(second)
            #expect(try await bench.leftovers(after: .seconds(10)) == [])
        }

        @Test("that is wished for is the one of that kind, or for chrome any build of Chromium")
        func wishes() {
            let shell = BrowserInstallation.chrome(
                ChromeInstallation(path: "/shell", expectedKind: .headlessShell))
            let google = BrowserInstallation.chrome(
                ChromeInstallation(path: "/chrome", expectedKind: .chrome))
            let firefox = BrowserInstallation.firefox(FirefoxInstallation(path: "/firefox"))
            #expect(BrowserInstallation.first(.chrome, among: [firefox, shell, google]) == google)
            #expect(BrowserInstallation.first(.chrome, among: [firefox, shell]) == shell)
            #expect(BrowserInstallation.first(.firefox, among: [shell, google, firefox]) == firefox)
            #expect(BrowserInstallation.first(.edge, among: [shell, google, firefox]) == nil)
            #expect(BrowserInstallation.first(.chromium, among: [shell, google]) == nil)
        }
    }
}
