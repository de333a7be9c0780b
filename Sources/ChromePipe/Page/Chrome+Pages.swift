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
        do throws(PageError) {
            let session = try await call(CDP.Target.AttachToTarget(targetId: target), nil).sessionId
            let page = PageSession(
                chrome: self, target: target, session: session, origin: origin, serve: serve)
            // The navigation puts another renderer in the place of the empty document's, which may still be starting:
            // neither is waited for before it begins, and what is asked for here holds in the other too.
            async let failure = firstFailure(
                of: [
                    CDP.Page.Enable(), CDP.Page.SetLifecycleEventsEnabled(enabled: true),
                    CDP.Runtime.Enable(), CDP.Inspector.Enable(), CDP.Log.Enable(),
                ], session: session, deadline: end - .now)
            _ = try await call(CDP.Fetch.Enable(), session)
            try await page.navigateFirst(deadline: end - .now)
            if let failure = await failure { throw PageError.call(failure) }
            return page
        } catch {
            // Half a page is no page. What it could not be told is told by the error.
            _ = try? await self.call(CDP.Target.CloseTarget(targetId: target), deadline: .seconds(5))
            throw error
        }
    }

    /// Calls methods at once and waits for all of them; gives what one of them failed with.
    private func firstFailure(
        of methods: [any CDPMethod], session: SessionID, deadline: Duration
    ) async -> CDPError? {
        await withTaskGroup(of: CDPError?.self) { group in
            for method in methods {
                group.addTask { await self.failure(of: method, session: session, deadline: deadline) }
            }
            return await group.reduce(nil) { $0 ?? $1 }
        }
    }

    private func failure(
        of method: some CDPMethod, session: SessionID, deadline: Duration
    ) async -> CDPError? {
        switch await connection.result(of: method, session: session, deadline: deadline) {
        case .success: nil
        case .failure(let error): error
        }
    }
}
