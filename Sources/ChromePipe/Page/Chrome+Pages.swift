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
        let target: TargetID
        if context == nil, let blank = takeBlankPage() {
            target = blank
        } else {
            target = try await call(
                CDP.Target.CreateTarget(url: "about:blank", browserContextId: context), nil
            ).targetId
        }
        do {
            let session = try await call(CDP.Target.AttachToTarget(targetId: target), nil).sessionId
            let page = PageSession(
                chrome: self, target: target, session: session, origin: origin, serve: serve)
            try await callAll(
                [
                    CDP.Page.Enable(), CDP.Page.SetLifecycleEventsEnabled(enabled: true),
                    CDP.Runtime.Enable(), CDP.Inspector.Enable(), CDP.Log.Enable(), CDP.Fetch.Enable(),
                ], session: session, deadline: end - .now)
            try await page.navigate(to: origin, deadline: end - ContinuousClock.now)
            return page
        } catch {
            // Half a page is no page. What it could not be told is told by the error.
            _ = try? await self.call(CDP.Target.CloseTarget(targetId: target), deadline: .seconds(5))
            throw error
        }
    }

    /// Calls methods at once, and waits for all of them.
    private func callAll(
        _ methods: [any CDPMethod], session: SessionID, deadline: Duration
    ) async throws(PageError) {
        let failures = await withTaskGroup(of: CDPError?.self) { group in
            for method in methods {
                group.addTask { await self.failure(of: method, session: session, deadline: deadline) }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        if let failure = failures.compactMap(\.self).first { throw .call(failure) }
    }

    private func failure(
        of method: some CDPMethod, session: SessionID, deadline: Duration
    ) async -> CDPError? {
        do {
            _ = try await call(method, session: session, deadline: deadline)
            return nil
        } catch {
            return error
        }
    }
}
