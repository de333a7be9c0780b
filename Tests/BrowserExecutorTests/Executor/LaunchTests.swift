import ChromePipe
import Foundation
import Pool
import Testing

@testable import BrowserExecutor
@testable import PoolEngine

extension RealBrowser {
    @Suite("A launch") struct Launches {
        @Test(
            "that is closed before it is done is answered by the close alone, and leaves nothing (EXEC-2)",
            arguments: [0, 20, 150, 300, 450, 600])
        func closeWhileLaunching(milliseconds: Int) async throws {
            let bench = try Bench()
            let launch = bench.beginLaunch()
            try await Task.sleep(for: .milliseconds(milliseconds))
            try await bench.close(launch)
            let other = bench.log.observations.filter { $0.closed == nil && $0.launched == nil }
            #expect(other.isEmpty, "\(other)")
            // What is said of the browser itself is said before it is closed.
            #expect(bench.log.observations.last?.closed != nil)
        }

        @Test("that is closed twice is answered twice, each time when nothing is left of it")
        func closeTwice() async throws {
            let bench = try Bench()
            let (browser, launched) = try await bench.launch()
            kill(Int32(launched.facts.pid), SIGSTOP)
            let first = bench.beginClose(browser)
            try await Task.sleep(for: .milliseconds(100))
            #expect(try await bench.close(browser) == .forced)
            _ = try await bench.log.first { $0.closed?.obligation == first ? true : nil }
            // And a third time, when it has been forgotten.
            #expect(try await bench.close(browser) == .alreadyEnded)
        }

        @Test("that was never performed is closed all the same")
        func closeUnknown() async throws {
            let bench = try Bench()
            let launch = Effect.Launch(
                obligation: ObligationID(9), browser: BrowserID(9), incarnation: IncarnationID(9),
                deadline: .zero)
            #expect(try await bench.close(launch) == .alreadyEnded)
        }

        @Test(
            "of what does not become a browser fails with what was seen",
            arguments: [
                ("exec true", Evidence.processExited, "status 0"), ("exit 7", .processExited, "status 7"),
                ("echo no screen >&2; kill -9 $$", .processExited, "signal 9"),
                ("exec sleep 60", .launchTimedOut, "did not answer"),
                ("printf 'no protocol\\0' >&4; exec sleep 60", .protocolError, "protocol"),
            ])
        func failing(_ script: String, _ evidence: Evidence, _ words: String) async throws {
            let folder = try TemporaryFolder()
            let path = try folder.write("#!/bin/sh\n\(script)\n", to: "browser")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            let bench = try Bench {
                $0.installations = [.chrome(ChromeInstallation(path: path))]
                if evidence == .launchTimedOut { $0.launchDeadline = .seconds(2) }
            }
            let launch = bench.beginLaunch()
            let failed = try await bench.log.first { $0.launchFailed }
            #expect(failed.obligation == launch.obligation)
            #expect(failed.evidence == evidence, "\(failed)")
            #expect(failed.detail.contains(words), "\(failed.detail)")
            if script.contains("no screen") { #expect(failed.stderrTail == ["no screen"]) }
            #expect(bench.leftovers().isEmpty)
            #expect(bench.log.all.count == 1)
            #expect(try await bench.close(launch) == .alreadyEnded)
        }

        @Test("of no program at all fails")
        func noProgram() async throws {
            let bench = try Bench {
                $0.installations = [.chrome(ChromeInstallation(path: "/nowhere/browser"))]
            }
            bench.beginLaunch()
            let failed = try await bench.log.first { $0.launchFailed }
            #expect(failed.evidence == .processExited)
            #expect(failed.detail.contains("/nowhere/browser"))
            #expect(bench.leftovers().isEmpty)
        }

        @Test("of a browser without WebGPU succeeds, and says what each backend is there or refused for")
        func withoutAdapter() async throws {
            let folder = try TemporaryFolder()
            let path = try folder.write("#!/bin/sh\n\(Self.withoutWebGPU)\n", to: "browser")
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
            let bench = try Bench { $0.installations = [.chrome(ChromeInstallation(path: path))] }
            let (browser, launched) = try await bench.launch()
            #expect(launched.facts.adapter == nil)
            let found = Dictionary(uniqueKeysWithValues: launched.facts.backends.map { ($0.backend, $0) })
            #expect(found[.webgpu]?.refusal == .noAdapter)
            #expect(found[.webgpu]?.reason.contains("requestAdapter() gave null") == true)
            #expect(found[.webnn]?.refusal == .browserRefuses)
            #expect(found[.webnn]?.reason.contains("NotSupportedError") == true, "\(found)")
            #expect(found[.cpu]?.refusal == nil)
            #expect(try await bench.close(browser) == .asked)
        }

        /// Starts the real browser without the flag that WebGPU needs.
        private static var withoutWebGPU: String {
            let path = (try? ChromeLocator().locate().path) ?? "/nowhere"
            return """
                for flag; do shift; [ "$flag" = --enable-unsafe-webgpu ] || set -- "$@" "$flag"; done
                exec \(path) "$@"
                """
        }

        @Test("and all else, is ended without a word when the executor is abandoned (EXEC-2)")
        func abandon() async throws {
            let bench = try Bench()
            let (browser, _) = try await bench.launch()
            _ = try await bench.runForLong(on: browser)
            bench.beginLaunch()
            try await Task.sleep(for: .milliseconds(100))
            bench.beginLaunch()
            await bench.executor.abandon()
            #expect(bench.leftovers().isEmpty)
            let said = bench.log.all.count
            bench.beginLaunch()
            try await Task.sleep(for: .seconds(1))
            #expect(bench.leftovers().isEmpty)
            #expect(bench.log.all.count == said)
            #expect(
                bench.log.observations.allSatisfy {
                    $0.failed == nil && $0.launchFailed == nil && $0.closed == nil
                })
        }

        @Test("lasts no longer than its executor (EXEC-2)")
        func letGo() async throws {
            let profiles: TemporaryFolder
            do {
                let bench = try Bench()
                profiles = bench.profiles
                _ = try await bench.launch()
                #expect(!bench.leftovers().isEmpty)
            }
            let end = ContinuousClock.now + .seconds(10)
            while ContinuousClock.now < end, !Bench.leftovers(in: profiles.path).isEmpty {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(Bench.leftovers(in: profiles.path).isEmpty)
        }
    }
}
