import Foundation

/// A page on a virtual https origin that no server stands behind: every request is answered by a closure.
///
/// Such an origin is a secure context, which WebGPU demands, and needs neither a port nor a file.
public final class PageSession: Sendable {
    /// Answers a request; nil is answered with 404. Called off the connection's thread, for many requests at once.
    public typealias Server = @Sendable (RequestedResource) -> ServedResource?

    public let target: TargetID
    public let session: SessionID
    /// The origin with its trailing slash.
    public let origin: String
    let chrome: Chrome

    private let loads = PageLoads()
    private let subscription: EventSubscription

    init(chrome: Chrome, target: TargetID, session: SessionID, origin: String, serve: @escaping Server) {
        self.chrome = chrome
        self.target = target
        self.session = session
        self.origin = origin
        let answerer = RequestAnswerer(origin: origin, session: session, serve: serve)
        let connection = chrome.connection
        subscription = connection.subscribe(.page(session, target)) { [loads] event in
            loads.observe(event.event)
            if case .requestPaused(let request) = event.event {
                // Off the connection's thread: the closure may read files, and base64 of 16 MiB takes its time.
                Task { await answerer.answer(request, on: connection) }
            }
        }
    }

    deinit {
        subscription.cancel()
    }

    /// Navigates to the origin again and waits until it has loaded. Revives a crashed page.
    public func navigateAgain(deadline: Duration = .seconds(20)) async throws(PageError) {
        try await navigate(to: origin, deadline: deadline)
    }

    /// Navigates from the empty document to the origin and waits until that has loaded.
    ///
    /// The page may not tell of loads yet: the document itself is asked.
    func navigateFirst(deadline: Duration) async throws(PageError) {
        let end = ContinuousClock.now + deadline
        do {
            _ = try await beginNavigation(to: origin, deadline: deadline)
            while try await !hasLoaded(deadline: end - .now) { try? await Task.sleep(for: .milliseconds(1)) }
        } catch .call(.deadlineExceeded) {
            throw .loadDeadlineExceeded(url: origin, after: deadline)
        }
    }

    /// Waits until the page's document has loaded; false if that was the empty one, which is left at that moment.
    private func hasLoaded(deadline: Duration) async throws(PageError) -> Bool {
        let loaded = """
            new Promise((resolve) => {
              const tell = () => resolve(location.href !== "about:blank");
              document.readyState === "complete" ? tell() : addEventListener("load", tell);
            })
            """
        do {
            return try await evaluate(loaded, deadline: deadline).description == "true"
        } catch .call(.refused(_, code: -32000, _)) {
            return false
        }
    }

    private func beginNavigation(
        to url: String, deadline: Duration
    ) async throws(PageError) -> CDP.Page.Navigate.Response {
        let answer = try await call(CDP.Page.Navigate(url: url), deadline: deadline)
        if let reason = answer.errorText { throw .navigationFailed(url: url, reason: reason) }
        return answer
    }

    /// Navigates and waits until the document has loaded.
    public func navigate(to url: String, deadline: Duration = .seconds(20)) async throws(PageError) {
        let started = ContinuousClock.now
        // Without a loader the document stayed, and nothing loads.
        guard let loader = try await beginNavigation(to: url, deadline: deadline).loaderId else { return }
        let left = deadline - (ContinuousClock.now - started)
        let outcome = loads.outcome(of: loader)
        switch await outcome.wait(atMost: left, on: chrome.timers) {
        case .loaded:
            return
        case .lost(let reason):
            throw .lostWhileLoading(url: url, reason: reason)
        case nil:
            loads.forget(loader)
            if let death = chrome.death { throw .lostWhileLoading(url: url, reason: "\(death)") }
            throw .loadDeadlineExceeded(url: url, after: deadline)
        }
    }

    /// Evaluates an expression in the page.
    ///
    /// - Parameters:
    ///   - awaitPromise: wait for the promise that the expression gives.
    ///   - deadline: how long to wait; the script itself runs on after it (see ``terminateScript(deadline:)``).
    /// - Returns: the value's JSON as the browser wrote it; `null` for `undefined`.
    public func evaluate(
        _ expression: String, awaitPromise: Bool = true, deadline: Duration
    ) async throws(PageError) -> RawJSON {
        let result = try await call(
            CDP.Runtime.Evaluate(expression: expression, awaitPromise: awaitPromise), deadline: deadline)
        if let exception = result.exception { throw .javaScript(exception) }
        if let value = result.unserializableValue { throw .unserializable(value) }
        return result.value ?? RawJSON("null")
    }

    /// Ends the JavaScript that runs in the page, such as an endless loop; its call is refused (-32000 or -32603).
    public func terminateScript(deadline: Duration = .seconds(5)) async throws(PageError) {
        _ = try await call(CDP.Runtime.TerminateExecution(), deadline: deadline)
    }

    /// Calls any method in the page's session.
    public func call<Method: CDPMethod>(
        _ method: Method, deadline: Duration = .seconds(10)
    ) async throws(PageError) -> Method.Response {
        do {
            return try await chrome.call(method, session: session, deadline: deadline)
        } catch {
            throw .call(error)
        }
    }

    /// Calls back for the page's own events and for what the browser tells of it, such as how it crashed (see
    /// ``Chrome/onEvent(_:_:)``).
    public func onEvent(_ receive: @escaping @Sendable (SessionEvent) -> Void) -> EventSubscription {
        chrome.onEvent(.page(session, target), receive)
    }

    /// The same events as a stream (see ``Chrome/events(_:limit:)``).
    public func events(limit: Int = 256) -> AsyncStream<SessionEvent> {
        chrome.events(.page(session, target), limit: limit)
    }

    /// Closes the page. Calls to it that wait end with `targetDestroyed`.
    public func close(deadline: Duration = .seconds(5)) async throws(PageError) {
        do {
            _ = try await chrome.call(CDP.Target.CloseTarget(targetId: target), deadline: deadline)
        } catch {
            throw .call(error)
        }
    }
}
