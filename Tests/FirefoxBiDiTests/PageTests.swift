import ChromePipe
import FirefoxBiDi
import Foundation
import Testing

extension RealFirefox {
    @Suite("A page of Firefox") struct Pages {
        private static let patience: Duration = .seconds(10)

        @Test("is a secure context, isolated, with a WebGPU adapter")
        func webGPU() async throws {
            try await withPage { _, page in
                for expression in [
                    "isSecureContext && crossOriginIsolated",
                    "navigator.gpu.requestAdapter().then((a) => a !== null)",
                ] {
                    let answer = try await page.evaluate(expression, deadline: .seconds(20))
                    #expect(answer.description == "true", "\(expression)")
                }
            }
        }

        @Test("evaluates, and refuses what JSON cannot write")
        func values() async throws {
            try await withPage { _, page in
                for (expression, value) in [
                    ("6 * 7", "42"), ("'a\\u00e9'", "\"a\u{e9}\""), ("true", "true"), ("null", "null"),
                    ("undefined", "null"), ("Promise.resolve(1.5)", "1.5"), ("({ a: 1 })", "null"),
                ] {
                    let found = try await page.evaluate(expression, deadline: Self.patience)
                    #expect(found.description == value, "\(expression)")
                }
                for expression in ["0 / 0", "-0", "1 / 0", "10n"] {
                    let error = await #expect(throws: PageError.self) {
                        try await page.evaluate(expression, deadline: Self.patience)
                    }
                    guard case .unserializable = error else {
                        Issue.record("\(expression): \(String(describing: error))")
                        continue
                    }
                }
                for (expression, words) in [
                    ("null.x", "TypeError"), ("Promise.reject(new Error('no'))", "Error: no"),
                    ("(", "SyntaxError"),
                ] {
                    let error = await #expect(throws: PageError.self) {
                        try await page.evaluate(expression, deadline: Self.patience)
                    }
                    guard case .javaScript(let exception) = error else {
                        Issue.record("\(expression): \(String(describing: error))")
                        continue
                    }
                    #expect(exception.text.contains(words))
                }
            }
        }

        @Test("gets what is served, 404 for the rest, and nothing of another origin")
        func requests() async throws {
            try await withFirefox { firefox in
                let large = (0..<(6 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
                let page = try await firefox.openPage { request in
                    switch request.path {
                    case "/": try? .html("<!doctype html>")
                    case "/large": try? .bytes(large)
                    default: nil
                    }
                }
                let sum = large.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF }
                for (expression, expected) in [
                    (
                        """
                        fetch('/large').then((r) => r.arrayBuffer()).then((b) => {
                            let sum = 0;
                            for (const byte of new Uint8Array(b)) sum = (sum * 31 + byte) & 0xFFFF;
                            return sum; })
                        """, "\(sum)"
                    ),
                    ("fetch('/other').then((r) => r.status)", "404"),
                    ("fetch('https://example.com/').then(() => 'came', () => 'refused')", "\"refused\""),
                    ("fetch(URL.createObjectURL(new Blob(['x']))).then((r) => r.text())", "\"x\""),
                ] {
                    let answer = try await page.evaluate(expression, deadline: .seconds(20))
                    #expect(answer.description == expected, "\(expression)")
                }
            }
        }

        @Test("that hangs lets its calls end at their deadlines, by cancellation, and with it (EXEC-1)")
        func ends() async throws {
            try await withPage { firefox, page in
                let late = await cdpError {
                    _ = try await page.evaluate("new Promise(() => {})", deadline: .milliseconds(200))
                }
                #expect(late == .deadlineExceeded(method: "script.evaluate", after: .milliseconds(200)))

                let cancelled = Task {
                    await cdpError {
                        _ = try await page.evaluate("new Promise(() => {})", deadline: Self.patience)
                    }
                }
                try await Task.sleep(for: .milliseconds(100))
                cancelled.cancel()
                #expect(await cancelled.value == .cancelled(method: "script.evaluate"))

                let closed = Task {
                    await cdpError {
                        _ = try await page.evaluate("new Promise(() => {})", deadline: Self.patience)
                    }
                }
                try await Task.sleep(for: .milliseconds(100))
                try await page.close()
                #expect(await closed.value == .targetDestroyed(method: "script.evaluate"))
                #expect(firefox.death == nil)
            }
        }

        @Test("whose process is killed is told so, ends its calls, and loads again (EXEC-1)")
        func crash() async throws {
            try await withPage { firefox, page in
                let (signs, continuation) = AsyncStream<Firefox.Sign>.makeStream()
                let subscription = firefox.onSign { continuation.yield($0) }
                defer { subscription.cancel() }
                let renderers = firefox.watchChildren().filter { $0.kind == .renderer }
                try #require(renderers.count == 1)
                let call = Task {
                    await cdpError {
                        _ = try await page.evaluate("new Promise(() => {})", deadline: Self.patience)
                    }
                }
                try await Task.sleep(for: .milliseconds(200))
                kill(renderers[0].pid, SIGKILL)
                var crashed: TargetID?
                for await sign in signs {
                    if case .pageCrashed(let target, _) = sign { crashed = target }
                    if crashed != nil { break }
                }
                #expect(crashed == page.target)
                #expect(await call.value != nil)
                let later = await cdpError { _ = try await page.evaluate("1", deadline: Self.patience) }
                #expect(
                    later
                        == .targetCrashed(
                            method: "script.evaluate", TargetCrash(status: nil, errorCode: nil)))
                try await page.navigateAgain()
                let answer = try await page.evaluate("1", deadline: Self.patience)
                #expect(answer.description == "1")
            }
        }
    }

    @Suite("A Firefox that ends") struct Deaths {
        @Test("by kill -9 ends every call with its exit, and leaves nothing (EXEC-1, EXEC-2)")
        func killed() async throws {
            try await withPage { firefox, page in
                let call = Task {
                    await cdpError {
                        _ = try await page.evaluate("new Promise(() => {})", deadline: .seconds(10))
                    }
                }
                try await Task.sleep(for: .milliseconds(100))
                kill(firefox.pid, SIGKILL)
                let death = BrowserDeath.exited(.signal(SIGKILL), pipeClosed: true)
                #expect(await call.value == .connectionDied(method: "script.evaluate", death))
                #expect(firefox.death == death)
                #expect(await firefox.close().step == .alreadyGone)
            }
        }

        @Test("is killed when it is stopped and does not leave (EXEC-2)")
        func stopped() async throws {
            try await withPage { firefox, _ in
                kill(firefox.pid, SIGSTOP)
                let silence = await cdpError { try await firefox.answer(deadline: .milliseconds(300)) }
                #expect(silence == .deadlineExceeded(method: "session.status", after: .milliseconds(300)))
                #expect(await firefox.close(grace: .milliseconds(300)).step == .killed)
            }
        }

        @Test("is ended by letting go of it (EXEC-2)")
        func letGo() async throws {
            var firefox: Firefox? = try await Firefox.launch(try FirefoxLocator().locate())
            let (pid, profile) = (try #require(firefox?.pid), try #require(firefox?.profileFolder))
            firefox = nil
            let end = ContinuousClock.now + .seconds(5)
            while getpgid(pid) != -1 || FileManager.default.fileExists(atPath: profile) {
                try #require(ContinuousClock.now < end)
                try await Task.sleep(for: .milliseconds(20))
            }
        }
    }
}
