import ChromePipe
import FirefoxBiDi
import Pool

extension Firefox: DrivenBrowser {
    var kind: Pool.BrowserKind { .firefox }

    /// Firefox confines its pages' processes for root, too.
    var isSandboxed: Bool { true }

    func onSign(_ receive: @escaping @Sendable (BrowserSign) -> Void) -> EventSubscription {
        let signs: @Sendable (Sign) -> Void = { sign in
            switch sign {
            case .died(let death): receive(.died(death))
            case .pageCrashed(let target, let crash): receive(.pageCrashed(target, crash))
            case .pageDestroyed(let target): receive(.pageDestroyed(target))
            }
        }
        return onSign(signs)
    }

    func openPage(
        deadline: Duration, serve: @escaping PageSession.Server
    ) async throws(PageError) -> any DrivenPage {
        let page: FirefoxPage = try await openPage(deadline: deadline, serve: serve)
        return page
    }

    func processes(deadline: Duration) async throws(CDPError) -> [DrivenProcess] {
        processList().map { DrivenProcess(pid: $0.pid, kind: $0.kind, cpuTime: $0.cpuTime) }
    }

    func watchedProcesses(deadline: Duration) async throws(CDPError) -> [DrivenProcess] {
        watchChildren().map { DrivenProcess(pid: $0.pid, kind: $0.kind, cpuTime: $0.cpuTime) }
    }
}

extension FirefoxPage: DrivenPage {
    func evaluate(_ expression: String, deadline: Duration) async throws(PageError) -> RawJSON {
        try await evaluate(expression, awaitPromise: true, deadline: deadline)
    }

    /// WebDriver BiDi has no command for it.
    func terminateScript(deadline: Duration) async throws(PageError) {
        throw .call(
            .refused(
                method: "ending a script", code: 0,
                message: "Firefox offers no way to do that; its page or the "
                    + "browser is started anew"))
    }

    func heapBytes(deadline: Duration) async -> UInt64? { nil }
}
