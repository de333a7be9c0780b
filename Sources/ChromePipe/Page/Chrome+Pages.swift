import Foundation

extension Chrome {
    /// Opens a page on a virtual origin and waits until it has loaded.
    ///
    /// - Parameters:
    ///   - origin: `https://host/`; a name under `.invalid` can never be anybody's (RFC 2606).
    ///   - context: the browser context to open it in; nil for the default one.
    ///   - deadline: for all of it.
    ///   - serve: answers every request of the page, the document's own at path `/` included.
    public func openPage(
        origin: String = "https://weir.invalid/", context: BrowserContextID? = nil,
        deadline: Duration = .seconds(20), serve: @escaping PageSession.Server
    ) async throws(PageError) -> PageSession {
        guard let url = URL(string: origin), url.scheme == "https", url.host?.isEmpty == false,
            url.path == "/"
        else { throw .invalidOrigin(origin) }
        let end = ContinuousClock.now + deadline
        func call<Method: CDPMethod>(
            _ method: Method, _ session: SessionID?
        ) async throws(PageError) -> Method.Response {
            do {
                return try await self.call(method, session: session, deadline: end - ContinuousClock.now)
            } catch {
                throw .call(error)
            }
        }
        let target = try await call(
            CDP.Target.CreateTarget(url: "about:blank", browserContextId: context), nil
        ).targetId
        do {
            let session = try await call(CDP.Target.AttachToTarget(targetId: target), nil).sessionId
            let page = PageSession(
                chrome: self, target: target, session: session, origin: origin, serve: serve)
            _ = try await call(CDP.Page.Enable(), session)
            _ = try await call(CDP.Page.SetLifecycleEventsEnabled(enabled: true), session)
            _ = try await call(CDP.Runtime.Enable(), session)
            _ = try await call(CDP.Inspector.Enable(), session)
            _ = try await call(CDP.Log.Enable(), session)
            _ = try await call(CDP.Fetch.Enable(), session)
            try await page.navigate(to: origin, deadline: end - ContinuousClock.now)
            return page
        } catch {
            // Half a page is no page. What it could not be told is told by the error.
            _ = try? await self.call(CDP.Target.CloseTarget(targetId: target), deadline: .seconds(5))
            throw error
        }
    }
}
