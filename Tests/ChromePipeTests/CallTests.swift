import ChromePipe
import Foundation
import Testing

extension RealBrowser {
    /// EXEC-1: every call ends, with an answer, an error, its deadline, or the one cause of death.
    @Suite struct Calls {
        private struct Unknown: CDPMethod {
            static let name = "Weir.noSuchMethod"
            typealias Response = NoResponse
        }

        @Test("an unknown method and an unknown session are refused with the browser's code (EXEC-1)")
        func refused() async throws {
            try await withChrome { chrome in
                let method = cdpError(await outcome { try await chrome.call(Unknown()) })
                guard case .refused("Weir.noSuchMethod", -32601, _)? = method else {
                    Issue.record("\(String(describing: method))")
                    return
                }
                let session = cdpError(
                    await outcome {
                        try await chrome.call(CDP.Page.Enable(), session: SessionID(rawValue: "NONE"))
                    })
                guard case .refused("Page.enable", -32001, _)? = session else {
                    Issue.record("\(String(describing: session))")
                    return
                }
            }
        }

        @Test("an endless promise ends at its deadline and the page still answers (EXEC-1)")
        func deadline() async throws {
            try await withPage { _, page in
                let limit = Duration.milliseconds(200)
                let ended = await outcome {
                    try await page.evaluate("new Promise(() => {})", deadline: limit)
                }
                #expect(cdpError(ended) == .deadlineExceeded(method: "Runtime.evaluate", after: limit))
                let next = try await page.evaluate("1", deadline: .seconds(10))
                #expect(next.description == "1")
            }
        }

        @Test("an endless loop is ended by terminateExecution and its call is refused (EXEC-1)")
        func terminate() async throws {
            try await withPage { _, page in
                async let hung = outcome { try await page.evaluate("for(;;){}", deadline: .seconds(20)) }
                try await Task.sleep(for: .milliseconds(200))
                try await page.terminateScript()
                let error = cdpError(await hung)
                // -32000, or -32603 when the terminated script was to give a promise.
                guard case .refused("Runtime.evaluate", let code, _)? = error,
                    [-32000, -32603].contains(code)
                else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(try await page.evaluate("2", deadline: .seconds(10)).description == "2")
            }
        }

        @Test("a cancelled task's call ends at once, made before or after the cancellation (EXEC-1)")
        func cancellation() async throws {
            try await withPage { _, page in
                let waiting = Task {
                    await outcome { try await page.evaluate("new Promise(() => {})", deadline: .seconds(60)) }
                }
                try await Task.sleep(for: .milliseconds(200))
                waiting.cancel()
                #expect(cdpError(await waiting.value) == .cancelled(method: "Runtime.evaluate"))
                let late = Task {
                    while !Task.isCancelled { await Task.yield() }
                    return await outcome {
                        try await page.evaluate("new Promise(() => {})", deadline: .seconds(60))
                    }
                }
                late.cancel()
                #expect(cdpError(await late.value) == .cancelled(method: "Runtime.evaluate"))
            }
        }

        @Test("a message over the limit is refused, nothing is sent, and the connection lives (EXEC-1)")
        func tooLarge() async throws {
            var options = ChromeLaunchOptions()
            options.limits.messageBytes = 1 << 20
            try await withPage(options) { _, page in
                let long = "'" + String(repeating: "x", count: 1 << 20) + "'"
                let error = cdpError(await outcome { try await page.evaluate(long, deadline: .seconds(10)) })
                guard case .messageTooLarge("Runtime.evaluate", let bytes, 1_048_576)? = error else {
                    Issue.record("\(String(describing: error))")
                    return
                }
                #expect(bytes > 1 << 20)
                let next = try await page.evaluate("3", deadline: .seconds(10))
                #expect(next.description == "3")
            }
        }

        @Test("an answer over the limit is the connection's death (EXEC-1)")
        func answerTooLarge() async throws {
            var options = ChromeLaunchOptions()
            options.limits.messageBytes = 1 << 20
            try await withPage(options) { chrome, page in
                let ended = await outcome {
                    try await page.evaluate("'x'.repeat(4 << 20)", deadline: .seconds(20))
                }
                guard case .connectionDied(_, .messageTooLarge(let bytes, 1_048_576))? = cdpError(ended)
                else {
                    Issue.record("\(ended)")
                    return
                }
                #expect(bytes > 1 << 20)
                guard case .messageTooLarge = await chrome.waitUntilDead() else {
                    Issue.record("\(String(describing: chrome.death))")
                    return
                }
            }
        }

        @Test("a browser that reads nothing is given up after the stall limit, and refused more (EXEC-1)")
        func stalled() async throws {
            var options = ChromeLaunchOptions()
            options.limits.writeStall = .seconds(2)
            options.limits.backlogBytes = 12 << 20
            try await withPage(options) { chrome, page in
                Foundation.kill(chrome.pid, SIGSTOP)
                let long = "'" + String(repeating: "x", count: 8 << 20) + "'"
                async let first = outcome { try await page.evaluate(long, deadline: .seconds(30)) }
                try await Task.sleep(for: .milliseconds(500))
                let second = cdpError(await outcome { try await page.evaluate(long, deadline: .seconds(30)) })
                guard case .backlogFull("Runtime.evaluate", let queued, 12_582_912)? = second else {
                    Issue.record("\(String(describing: second))")
                    return
                }
                #expect(queued > 6 << 20)
                guard
                    case .connectionDied(_, .stalledWrite(let pending, .seconds(2)))? = cdpError(await first)
                else {
                    Issue.record("no stall")
                    return
                }
                #expect(pending > 6 << 20)
            }
        }

        @Test("closing a page ends its waiting call and no other (EXEC-1)")
        func closeTarget() async throws {
            try await withPage { chrome, page in
                let other = try await chrome.openPage { _ in try? .html("<!doctype html>") }
                async let survivor = outcome {
                    try await other.evaluate(
                        "new Promise(r => setTimeout(r, 1000, 5))", deadline: .seconds(20))
                }
                async let hung = outcome {
                    try await page.evaluate("new Promise(() => {})", deadline: .seconds(60))
                }
                try await Task.sleep(for: .milliseconds(200))
                try await page.close()
                let error = cdpError(await hung)
                #expect(
                    error == .targetDestroyed(method: "Runtime.evaluate")
                        || error == .sessionDetached(method: "Runtime.evaluate"))
                #expect(try await survivor.get().description == "5")
            }
        }

        @Test("64 calls at once from many tasks all get their own answers (EXEC-1)")
        func concurrent() async throws {
            try await withPage { _, page in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for number in 0..<64 {
                        group.addTask {
                            let value = try await page.evaluate("\(number) * 3", deadline: .seconds(20))
                            #expect(value.description == "\(number * 3)")
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }
}
