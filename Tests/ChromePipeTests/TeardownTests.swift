import ChromePipe
import Foundation
import Testing

extension RealBrowser {
    /// EXEC-2: no Chrome process outlives the one that owns it.
    @Suite struct Teardown {
        @Test("a healthy browser leaves when asked, and a second close gives the same result (EXEC-2)")
        func healthy() async throws {
            try await withPage { chrome, page in
                async let hung = outcome {
                    try await page.evaluate("new Promise(() => {})", deadline: .seconds(60))
                }
                try await Task.sleep(for: .milliseconds(200))
                let teardown = await chrome.close()
                #expect(
                    teardown == BrowserTeardown(step: .browserClose, exit: .status(0), profileRemoved: true))
                #expect(cdpError(await hung) == .connectionDied(method: "Runtime.evaluate", .closedByUs))
                #expect(await chrome.close() == teardown)
                #expect(chrome.death == .closedByUs)
            }
        }

        @Test("a stopped browser is killed with all its processes (EXEC-2)")
        func stoppedBrowser() async throws {
            try await withPage { chrome, _ in
                Foundation.kill(chrome.pid, SIGSTOP)
                let teardown = await chrome.close(grace: .milliseconds(300))
                #expect(
                    teardown == BrowserTeardown(step: .killed, exit: .signal(SIGKILL), profileRemoved: true))
            }
        }

        @Test("a stopped GPU process is gone after close (EXEC-2)")
        func stoppedGPU() async throws {
            try await withPage { chrome, _ in
                let gpu = try #require(try await chrome.gpuProcessID())
                Foundation.kill(gpu, SIGSTOP)
                #expect(await chrome.close().profileRemoved)
                #expect(Leftovers.now(group: chrome.pid, profile: chrome.profileFolder).isEmpty)
            }
        }

        @Test("a stopped renderer is gone after close (EXEC-2)")
        func stoppedRenderer() async throws {
            try await withPage { chrome, _ in
                for process in try await chrome.processInfo() where process.type == "renderer" {
                    Foundation.kill(process.id, SIGSTOP)
                }
                #expect(await chrome.close().profileRemoved)
            }
        }

        @Test("kill ends everything without asking (EXEC-2)")
        func kill() async throws {
            try await withPage { chrome, _ in
                let gpu = try #require(try await chrome.gpuProcessID())
                Foundation.kill(gpu, SIGSTOP)
                chrome.kill()
                #expect(await chrome.waitUntilDead() == .closedByUs)
                let teardown = await chrome.close()
                #expect(teardown.exit == .signal(SIGKILL))
                #expect(teardown.profileRemoved)
            }
        }

        @Test("a browser that is let go of ends (EXEC-2)")
        func letGo() async throws {
            var chrome: Chrome? = try await Chrome.launch(try ChromeLocator().locate())
            let (pid, profile) = (chrome!.pid, chrome!.profileFolder)
            chrome = nil
            #expect(try await Leftovers.after(.seconds(5), group: pid, profile: profile) == [])
        }

        @Test("what a killed browser leaves behind stopped is gone without a close (EXEC-2)")
        func browserDiesFirst() async throws {
            try await withPage { chrome, _ in
                let gpu = try #require(try await chrome.gpuProcessID())
                Foundation.kill(gpu, SIGSTOP)
                Foundation.kill(chrome.pid, SIGKILL)
                #expect(
                    try await Leftovers.after(
                        .seconds(2), group: chrome.pid, profile: chrome.profileFolder) == [])
            }
        }

        @Test(
            "a child that leaves the group and the session is found and killed, also when the launch is cancelled (EXEC-2)",
            arguments: [false, true])
        func strayChild(cancelled: Bool) async throws {
            // As a crash reporter does: its parent ends and it is in a session of its own.
            let strays = try Script(
                """
                #!/bin/bash
                ( setsid bash -c 'exec -a "stray $0" sleep 1000' "$*" & )
                exec sleep 1000
                """)
            defer { strays.remove() }
            let parent = URL(fileURLWithPath: strays.path).deletingLastPathComponent().path
            var options = ChromeLaunchOptions()
            options.launchDeadline = .seconds(2)
            options.profileParent = parent
            let launch = Task {
                await outcome { try await Chrome.launch(ChromeInstallation(path: strays.path), options) }
            }
            try await Task.sleep(for: .seconds(1))
            let during = Leftovers.now(group: -1, profile: "\(parent)/weir-browser-")
            #expect(during.contains { $0.contains("stray ") })
            if cancelled { launch.cancel() }
            guard case .failure = await launch.value else {
                Issue.record("a script is no browser")
                return
            }
            #expect(Leftovers.now(group: -1, profile: "\(parent)/weir-browser-") == [])
        }

        @Test("a killed guardian takes the browser with it and close still removes the rest (EXEC-2)")
        func killedGuardian() async throws {
            try await withPage { chrome, _ in
                let gpu = try #require(try await chrome.gpuProcessID())
                Foundation.kill(gpu, SIGSTOP)
                Foundation.kill(chrome.guardianPID, SIGKILL)
                // Nobody is left to tell how it ended; the system may tell that it ends.
                let cause = await chrome.waitUntilDead()
                #expect(cause == .pipeClosed || cause == .ending(.signal(SIGKILL)))
                let teardown = await chrome.close()
                #expect(teardown == BrowserTeardown(step: .alreadyGone, exit: nil, profileRemoved: true))
                #expect(
                    try await Leftovers.after(
                        .seconds(2), group: chrome.pid, profile: chrome.profileFolder) == [])
            }
        }

        @Test("a stopped guardian is given up: everything is killed from here (EXEC-2)")
        func stoppedGuardian() async throws {
            try await withPage { chrome, _ in
                let gpu = try #require(try await chrome.gpuProcessID())
                Foundation.kill(gpu, SIGSTOP)
                Foundation.kill(chrome.guardianPID, SIGSTOP)
                let teardown = await chrome.close(grace: .milliseconds(300))
                #expect(
                    teardown == BrowserTeardown(step: .killedWithGuardian, exit: nil, profileRemoved: true))
                #expect(
                    try await Leftovers.after(
                        .seconds(2), group: chrome.pid, profile: chrome.profileFolder) == [])
            }
        }

        @Test("closing many times over leaves no descriptor open")
        func descriptors() async throws {
            func open() throws -> Int {
                try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count
            }
            try await withPage { _, _ in }
            let before = try open()
            for _ in 0..<3 { try await withPage { _, _ in } }
            // Descriptors are closed by the watch's thread and by the last reference: soon, not at once.
            let end = ContinuousClock.now + .seconds(3)
            while try open() > before, ContinuousClock.now < end {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(try open() <= before)
        }
    }
}
