import CSpawn
import ChromePipe
import Foundation
import Testing

extension RealBrowser {
    @Suite struct Faults {
        @Test("a killed browser ends every waiting call with the one cause (EXEC-1)")
        func killBrowser() async throws {
            try await withPage { chrome, page in
                let events = chrome.events()
                let waiting = (0..<8).map { _ in
                    Task {
                        await outcome {
                            try await page.evaluate("new Promise(() => {})", deadline: .seconds(60))
                        }
                    }
                }
                try await Task.sleep(for: .milliseconds(200))
                let killed = ContinuousClock.now
                Foundation.kill(chrome.pid, SIGKILL)
                let cause = await chrome.waitUntilDead()
                #expect(cause.exit == .signal(SIGKILL))
                for task in waiting {
                    #expect(
                        cdpError(await task.value) == .connectionDied(method: "Runtime.evaluate", cause))
                }
                #expect(ContinuousClock.now - killed < .seconds(2))
                #expect(chrome.death == cause)
                let late = await outcome { try await chrome.call(CDP.Browser.GetVersion()) }
                #expect(cdpError(late) == .connectionDied(method: "Browser.getVersion", cause))
                let exit = await first(in: events) { event -> ProcessExit? in
                    if case .processExited(.browser, chrome.pid, let exit) = event.event { exit } else { nil }
                }
                #expect(exit == .signal(SIGKILL))
                #expect(await chrome.close().step == .alreadyGone)
            }
        }

        @Test("a browser is known to end by what a thread of it tells, where the system does (Linux 6.9)")
        func endOfThread() async throws {
            let pidfd = cspawn_thread_pidfd_open(getpid())
            let isTold = pidfd >= 0
            if isTold { close(pidfd) }
            try await withChrome { chrome in
                Foundation.kill(chrome.pid, SIGKILL)
                let exit = ProcessExit.signal(SIGKILL)
                let cause: BrowserDeath = isTold ? .ending(exit) : .exited(exit, pipeClosed: true)
                #expect(await chrome.waitUntilDead() == cause)
            }
            // One that is asked to leave is not taken for one that is ended, though its threads end, too.
            try await withChrome { chrome in
                Foundation.kill(chrome.pid, SIGTERM)
                let cause = await chrome.waitUntilDead()
                guard case .exited(.status, pipeClosed: true) = cause else {
                    Issue.record("\(cause)")
                    return
                }
            }
        }

        @Test("a crashed browser tells its signal, and its event stream ends with the cause (EXEC-1)")
        func crashBrowser() async throws {
            try await withChrome { chrome in
                let events = chrome.events(.browser)
                let ended = await outcome {
                    try await chrome.call(CDP.Browser.Crash(), deadline: .seconds(20))
                }
                guard case .connectionDied(_, let cause)? = cdpError(ended) else {
                    Issue.record("\(ended)")
                    return
                }
                guard case .signal = cause.exit else {
                    Issue.record("\(cause)")
                    return
                }
                var last: CDPEvent?
                for await event in events { last = event.event }
                guard case .died(cause)? = last else {
                    Issue.record("\(String(describing: last))")
                    return
                }
            }
        }

        @Test(
            "a crashed page ends its calls with the evidence, refuses more, and navigating revives it (EXEC-1)"
        )
        func crashPage() async throws {
            try await withPage { _, page in
                let events = page.events()
                async let hung = outcome {
                    try await page.evaluate("new Promise(() => {})", deadline: .seconds(60))
                }
                try await Task.sleep(for: .milliseconds(200))
                let crash = await outcome { try await page.call(CDP.Page.Crash(), deadline: .seconds(20)) }
                let evidence = TargetCrash(status: "crashed", errorCode: 5)
                #expect(cdpError(crash) == .targetCrashed(method: "Page.crash", evidence))
                #expect(cdpError(await hung) == .targetCrashed(method: "Runtime.evaluate", evidence))
                let later = await outcome { try await page.evaluate("1", deadline: .seconds(60)) }
                #expect(cdpError(later) == .targetCrashed(method: "Runtime.evaluate", evidence))
                let told = await first(in: events) { event -> TargetCrash? in
                    if case .targetCrashed(page.target, let crash) = event.event { crash } else { nil }
                }
                #expect(told == evidence)
                try await page.navigateAgain()
                #expect(try await page.evaluate("4", deadline: .seconds(10)).description == "4")
            }
        }

        @Test("a killed renderer is told with its signal, by the browser and by its descriptor (EXEC-1)")
        func killRenderer() async throws {
            try await withPage { chrome, page in
                let events = chrome.events()
                let watched = try await chrome.watchChildren()
                #expect(watched.contains { $0.id == chrome.pid && $0.type == "browser" })
                let pid = try #require(try await rendererPID(of: page, in: chrome, before: watched))
                async let hung = outcome {
                    try await page.evaluate("new Promise(() => {})", deadline: .seconds(60))
                }
                try await Task.sleep(for: .milliseconds(200))
                Foundation.kill(pid, SIGKILL)
                #expect(
                    cdpError(await hung)
                        == .targetCrashed(
                            method: "Runtime.evaluate", TargetCrash(status: "killed", errorCode: 9)))
                let seen = await first(in: events) { event -> Bool? in
                    if case .processExited(.renderer, pid, nil) = event.event { true } else { nil }
                }
                #expect(seen == true)
                try await page.navigateAgain()
                #expect(try await page.evaluate("5", deadline: .seconds(10)).description == "5")
            }
        }

        @Test("a killed GPU process is seen by its descriptor, and Chrome starts another")
        func killGPU() async throws {
            try await withPage { chrome, page in
                let events = chrome.events()
                try await chrome.watchChildren()
                let gpu = try #require(try await chrome.gpuProcessID())
                Foundation.kill(gpu, SIGKILL)
                let seen = await first(in: events) { event -> Bool? in
                    if case .processExited(.gpu, gpu, nil) = event.event { true } else { nil }
                }
                #expect(seen == true)
                let adapter = try await page.evaluate(
                    """
                    (async () => {
                        for (let attempt = 0; attempt < 100; attempt++) {
                            if (await navigator.gpu.requestAdapter()) return true;
                            await new Promise(r => setTimeout(r, 50));
                        }
                        return false;
                    })()
                    """, deadline: .seconds(20))
                #expect(adapter.description == "true")
                let next = try #require(try await chrome.gpuProcessID())
                #expect(next != gpu)
                #expect(try await chrome.watchChildren().contains { $0.id == next })
            }
        }

        @Test("a crash while a page loads ends the navigation")
        func crashWhileLoading() async throws {
            try await withChrome { chrome in
                let opened = await outcome {
                    try await chrome.openPage { request in
                        if request.path == "/" {
                            return try? .html("<!doctype html><script src=/hold></script>")
                        }
                        Foundation.kill(chrome.pid, SIGKILL)
                        return nil
                    }
                }
                guard case .failure(let error as PageError) = opened else {
                    Issue.record("\(opened)")
                    return
                }
                switch error {
                case .lostWhileLoading, .call(.connectionDied): break
                default: Issue.record("\(error)")
                }
            }
        }

        /// The renderer of a page: the one that uses the processor while the page counts.
        private func rendererPID(
            of page: PageSession, in chrome: Chrome, before processes: [CDP.SystemInfo.GetProcessInfo.Process]
        ) async throws -> Int32? {
            _ = try await page.evaluate(
                "{ const end = performance.now() + 600; while (performance.now() < end) ; }",
                deadline: .seconds(10))
            let before = Dictionary(uniqueKeysWithValues: processes.map { ($0.id, $0.cpuTime) })
            return try await chrome.processInfo().filter { $0.type == "renderer" }
                .max { $0.cpuTime - (before[$0.id] ?? 0) < $1.cpuTime - (before[$1.id] ?? 0) }?.id
        }
    }
}
