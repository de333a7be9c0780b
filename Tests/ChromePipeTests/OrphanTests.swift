import ChromePipe
import Foundation
import Testing

extension RealBrowser {
    /// EXEC-2 for the hardest end: our own process is killed and can do nothing.
    @Suite struct Orphans {
        enum Stopped: String, CaseIterable, Sendable { case nothing, gpu, browser, everything }

        @Test(
            "after kill -9 of the owner nothing is left within 2 s, whatever is stopped (EXEC-2)",
            arguments: Stopped.allCases)
        func killOwner(stopped: Stopped) async throws {
            let owner = Process()
            let program: URL = try #require(child())
            owner.executableURL = program
            let output = Pipe()
            owner.standardOutput = output
            owner.standardError = FileHandle.nullDevice
            try owner.run()
            defer { if owner.isRunning { kill(owner.processIdentifier, SIGKILL) } }
            let line = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            let words = line.split(whereSeparator: \.isWhitespace)
            try #require(words.count == 4, "the owner said: \(line)")
            let (browser, gpu) = (try #require(pid_t(words[0])), try #require(pid_t(words[1])))
            let profile = String(words[3])
            #expect(Leftovers.now(group: browser, profile: profile).count > 4)

            switch stopped {
            case .nothing: break
            case .gpu: kill(gpu, SIGSTOP)
            case .browser: kill(browser, SIGSTOP)
            case .everything: kill(-browser, SIGSTOP)
            }
            kill(owner.processIdentifier, SIGKILL)
            let left = try await Leftovers.after(.seconds(2), group: browser, profile: profile)
            #expect(left == [])
            if !left.isEmpty { kill(-browser, SIGKILL) }
        }

        /// The program that is built beside the tests.
        private func child() -> URL? {
            let tests = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
            var folder = tests.deletingLastPathComponent()
            for _ in 0..<4 {
                let program = folder.appendingPathComponent("ChromePipeChild")
                if FileManager.default.isExecutableFile(atPath: program.path) { return program }
                folder.deleteLastPathComponent()
            }
            return nil
        }
    }
}
