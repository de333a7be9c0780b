import ChromePipe
import Foundation
import Synchronization
import Testing

extension RealBrowser {
    @Suite struct Page {
        @Test("a page on the virtual origin is a secure, isolated context with a WebGPU adapter")
        func webGPU() async throws {
            try await withPage { _, page in
                let json = try await page.evaluate(
                    """
                    (async () => {
                        const adapter = await navigator.gpu.requestAdapter();
                        return {
                            secure: isSecureContext, isolated: crossOriginIsolated, origin: location.origin,
                            fallback: adapter.info.isFallbackAdapter, architecture: adapter.info.architecture,
                        };
                    })()
                    """, deadline: .seconds(20))
                struct Facts: Decodable, Equatable {
                    let secure, isolated: Bool
                    let origin: String
                    let fallback: Bool
                    let architecture: String
                }
                #expect(
                    try json.decode(Facts.self)
                        == Facts(
                            secure: true, isolated: true, origin: "https://weir.invalid", fallback: true,
                            architecture: "swiftshader"))
            }
        }

        @Test("the first page is the empty one of the browser's start, which may be closed as any other")
        func blankPage() async throws {
            try await withPage { chrome, page in
                func pages() async throws -> [TargetID] {
                    try await chrome.call(CDP.Target.GetTargets()).targetInfos.filter { $0.type == "page" }
                        .map(\.targetId)
                }
                let first = try await pages()
                #expect(first == [page.target])
                try await page.close()
                let next = try await chrome.openPage { _ in try? .html("<!doctype html>") }
                #expect(next.target != page.target)
                let answer = try await next.evaluate("6 * 7", deadline: .seconds(10))
                #expect(answer.description == "42")
                let last = try await pages()
                #expect(last == [next.target])
            }
        }

        @Test("work on the connection's thread calls as any other, and its errors come out of it")
        func onConnection() async throws {
            try await withPage { chrome, page in
                let sum = try await chrome.onConnection {
                    var sum = 0
                    for number in 1...20 {
                        sum += try await page.evaluate("\(number)", deadline: .seconds(10)).decode(Int.self)
                    }
                    return sum
                }
                #expect(sum == 210)
                let late = await outcome {
                    try await chrome.onConnection {
                        try await page.evaluate("new Promise(() => {})", deadline: .milliseconds(100))
                    }
                }
                #expect(
                    cdpError(late) == .deadlineExceeded(method: "Runtime.evaluate", after: .milliseconds(100))
                )
            }
        }

        @Test("values come as the browser's JSON, and undefined as null")
        func values() async throws {
            try await withPage { _, page in
                func value(_ expression: String) async throws -> String {
                    try await page.evaluate(expression, deadline: .seconds(10)).description
                }
                #expect(try await value("6*7") == "42")
                #expect(try await value("({a:[1,'e',null]})") == #"{"a":[1,"e",null]}"#)
                let accented = try await page.evaluate("'é€😀'", deadline: .seconds(10))
                #expect(try accented.decode(String.self) == "é€😀")
                #expect(try await value("Promise.resolve('later')") == #""later""#)
                #expect(try await value("undefined") == "null")
                for text in ["NaN", "-Infinity", "12n"] {
                    await #expect(throws: PageError.unserializable(text)) { try await value(text) }
                }
                let long = try await page.evaluate("'\\\\\"x'.repeat(2 << 20)", deadline: .seconds(20))
                #expect(try long.decode(String.self).utf8.count == 3 * (2 << 20))
            }
        }

        @Test("a thrown error and a rejected promise are typed exceptions with class and message")
        func exceptions() async throws {
            try await withPage { _, page in
                for expression in ["null.x", "Promise.reject(new TypeError('no'))"] {
                    let error = await outcome { try await page.evaluate(expression, deadline: .seconds(10)) }
                    guard case .failure(PageError.javaScript(let exception) as PageError) = error else {
                        Issue.record("\(error)")
                        continue
                    }
                    #expect(exception.className == "TypeError")
                    #expect(exception.details?.contains("TypeError") == true)
                }
                let error = await outcome { try await page.evaluate("throw 'plain'", deadline: .seconds(10)) }
                guard case .failure(PageError.javaScript(let exception) as PageError) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(exception.className == nil && exception.details == "plain")
            }
        }

        @Test("an error whose message is half a surrogate pair is an exception of the page all the same")
        func halfPair() async throws {
            try await withPage { _, page in
                let error = await outcome {
                    try await page.evaluate(#"throw new Error("\ud83d!")"#, deadline: .seconds(10))
                }
                guard case .failure(PageError.javaScript(let exception) as PageError) = error else {
                    Issue.record("\(error)")
                    return
                }
                #expect(exception.details?.hasPrefix("Error: \u{FFFD}!") == true)
            }
        }

        @Test("the page's requests are served, unknown ones with 404, other origins not at all")
        func resources() async throws {
            let asked = Mutex<[String]>([])
            let weights = (0..<(16 << 20)).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await withChrome { chrome in
                let page = try await chrome.openPage { request in
                    asked.withLock { $0.append(request.path) }
                    switch request.path {
                    case "/": return try? .html("<!doctype html><script type=module src=/lib/a.js></script>")
                    case "/lib/a.js": return try? .javaScript("globalThis.answer = 42")
                    case "/weights": return try? .bytes(weights)
                    default: return nil
                    }
                }
                let json = try await page.evaluate(
                    """
                    (async () => {
                        const missing = await fetch('/none?x=1#y');
                        const foreign = await fetch('https://example.invalid/').then(() => 'in', () => 'out');
                        const blob = await fetch(URL.createObjectURL(new Blob(['own']))).then(r => r.text());
                        const bytes = new Uint8Array(await (await fetch('/weights')).arrayBuffer());
                        let sum = 0; for (const b of bytes) sum += b;
                        return [answer, missing.status, foreign, blob, bytes.length, sum];
                    })()
                    """, deadline: .seconds(40))
                let sum = weights.reduce(into: 0) { $0 += Int($1) }
                #expect(json.description == #"[42,404,"out","own",\#(16 << 20),\#(sum)]"#)
                #expect(asked.withLock { $0 } == ["/", "/lib/a.js", "/none", "/weights"])
            }
        }

        @Test("a resource over 16 MiB is refused before it is sent")
        func tooLargeResource() {
            let bytes = ServedResource.bodyLimitBytes + 1
            #expect(throws: ServedResource.TooLarge(bytes: bytes)) {
                try ServedResource.bytes([UInt8](repeating: 0, count: bytes))
            }
        }

        @Test("a backlog delays answers to the page and loses none, and one over the message limit fails")
        func backlog() async throws {
            var options = ChromeLaunchOptions()
            options.limits.messageBytes = 3 << 20
            options.limits.backlogBytes = 4 << 20
            try await withChrome(options) { chrome in
                let part = [UInt8](repeating: 7, count: 2 << 20)
                let page = try await chrome.openPage { request in
                    switch request.path {
                    case "/": try? .html("<!doctype html>")
                    case "/large": try? .bytes(part + part)
                    default: try? .bytes(part)
                    }
                }
                let sizes = try await page.evaluate(
                    """
                    Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map(n => fetch('/part' + n).then(r => r.arrayBuffer())
                        .then(b => b.byteLength)).concat(fetch('/large').then(() => 'in', () => 'failed')))
                    """, deadline: .seconds(30))
                let each = Array(repeating: "\(2 << 20)", count: 8).joined(separator: ",")
                #expect(sizes.description == "[\(each),\"failed\"]")
            }
        }

        @Test("an address without a host is no origin")
        func origin() async throws {
            try await withChrome { chrome in
                for origin in ["https:///", "http://weir.invalid/", "https://weir.invalid/x", ""] {
                    await #expect(throws: PageError.invalidOrigin(origin)) {
                        try await chrome.openPage(origin: origin) { _ in nil }
                    }
                }
            }
        }

        @Test("console lines, bindings and uncaught exceptions come as events of the page")
        func events() async throws {
            try await withPage { _, page in
                let seen = Mutex<[String]>([])
                let subscription = page.onEvent { event in
                    switch event.event {
                    case .consoleAPICalled(let call): seen.withLock { $0.append("\(call.type) \(call.text)") }
                    case .bindingCalled(let name, let payload):
                        seen.withLock { $0.append("\(name)(\(payload))") }
                    case .exceptionThrown(let exception):
                        seen.withLock { $0.append(exception.className ?? "") }
                    default: break
                    }
                }
                _ = try await page.call(CDP.Runtime.AddBinding(name: "report"))
                _ = try await page.evaluate("console.warn('a', 1, {}); report('b')", deadline: .seconds(10))
                _ = try await page.evaluate(
                    "setTimeout(() => { throw new RangeError('late') }); new Promise(r => setTimeout(r, 50))",
                    deadline: .seconds(10))
                #expect(seen.withLock { $0 } == ["warning a 1 Object", "report(b)", "RangeError"])
                subscription.cancel()
                _ = try await page.evaluate("console.log('unheard')", deadline: .seconds(10))
                #expect(seen.withLock { $0.count } == 3)
            }
        }

        @Test("a load that never ends is a typed error, and its page is closed")
        func neverLoads() async throws {
            try await withChrome { chrome in
                let error = await outcome {
                    try await chrome.openPage(deadline: .seconds(3)) { request in
                        if request.path == "/" {
                            return try? .html("<!doctype html><script src=/slow></script>")
                        }
                        Thread.sleep(forTimeInterval: 6)
                        return nil
                    }
                }
                guard case .failure(PageError.loadDeadlineExceeded as PageError) = error else {
                    Issue.record("\(error)")
                    return
                }
            }
        }

        @Test("two pages in browser contexts of their own share no storage")
        func contexts() async throws {
            try await withChrome { chrome in
                let context = try await chrome.call(CDP.Target.CreateBrowserContext()).browserContextId
                let serve: PageSession.Server = { _ in try? .html("<!doctype html>") }
                let one = try await chrome.openPage(serve: serve)
                let two = try await chrome.openPage(context: context, serve: serve)
                _ = try await one.evaluate("localStorage.x = 'mine'", deadline: .seconds(10))
                let other = try await two.evaluate("localStorage.x ?? 'none'", deadline: .seconds(10))
                #expect(other.description == #""none""#)
                _ = try await chrome.call(CDP.Target.DisposeBrowserContext(browserContextId: context))
                let gone = await outcome { try await two.evaluate("1", deadline: .seconds(10)) }
                #expect(cdpError(gone) != nil)
            }
        }
    }
}
