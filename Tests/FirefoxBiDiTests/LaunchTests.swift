import ChromePipe
import Foundation
import Testing

@testable import FirefoxBiDi

extension RealFirefox {
    @Suite("A launch of Firefox") struct Launch {
        @Test("gives a browser that says what it is, and a close leaves nothing of it (EXEC-2)")
        func launches() async throws {
            try await withFirefox { firefox in
                #expect(firefox.product.hasPrefix("Firefox/"))
                #expect(firefox.death == nil)
                #expect(firefox.flags.contains("--headless"))
                let processes = firefox.processList()
                #expect(processes.first { $0.pid == firefox.pid }?.kind == .browser)
                try await firefox.answer(deadline: .seconds(5))
                #expect(await firefox.close().step == .browserClose)
                #expect(firefox.death == .closedByUs)
                let after = await cdpError { try await firefox.answer(deadline: .seconds(5)) }
                #expect(after == .connectionDied(method: "session.status", .closedByUs))
            }
        }

        @Test("of a program that is no browser fails with its own words, and leaves nothing (EXEC-2)")
        func noBrowser() async throws {
            let folder = FileManager.default.temporaryDirectory.appendingPathComponent("firefox-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let program = folder.appendingPathComponent("browser")
            var options = FirefoxLaunchOptions()
            options.profileParent = folder.path
            options.launchDeadline = .seconds(1)
            for (script, ends) in [("echo no screen >&2; exit 3", true), ("exec sleep 100", false)] {
                try Data("#!/bin/sh\n\(script)\n".utf8).write(to: program)
                try FileManager.default.setAttributes(
                    [.posixPermissions: 0o755], ofItemAtPath: program.path)
                let error = await #expect(throws: BrowserLaunchError.self) {
                    try await Firefox.launch(FirefoxInstallation(path: program.path), options)
                }
                #expect(
                    error?.reason
                        == (ends
                            ? .died(.exited(.status(3), pipeClosed: true)) : .deadlineExceeded(.seconds(1))))
                if ends { #expect(error?.stderr == ["no screen"]) }
                let left = try FileManager.default.contentsOfDirectory(atPath: folder.path)
                #expect(left == ["browser"])
            }
            let error = await #expect(throws: BrowserLaunchError.self) {
                try await Firefox.launch(FirefoxInstallation(path: "/nowhere/firefox"), options)
            }
            #expect(error?.reason == .notStarted(step: "exec", errno: ENOENT))
        }

        @Test("that is cancelled leaves nothing (EXEC-2)")
        func cancelled() async throws {
            var options = FirefoxLaunchOptions()
            let parent = FileManager.default.temporaryDirectory.appendingPathComponent("firefox-\(UUID())")
            try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: parent) }
            options.profileParent = parent.path
            let launch = Task { [options] in
                try await Firefox.launch(try FirefoxLocator().locate(), options)
            }
            try await Task.sleep(for: .milliseconds(300))
            launch.cancel()
            let error = await #expect(throws: BrowserLaunchError.self) { try await launch.value }
            #expect(error?.reason == .cancelled)
            #expect(try FileManager.default.contentsOfDirectory(atPath: parent.path) == [])
        }

        @Test("keeps every file of the browser in its profile folder")
        func home() async throws {
            try await withFirefox { firefox in
                let variables = FileManager.default.contents(atPath: "/proc/\(firefox.pid)/environ") ?? Data()
                let home = variables.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
                    .first { $0.hasPrefix("HOME=") }
                #expect(home == "HOME=\(firefox.profileFolder)")
            }
        }
    }
}
