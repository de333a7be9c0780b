import ChromePipe
import Pool

extension Chrome: DrivenBrowser {
    var product: String { version.product }

    var kind: Pool.BrowserKind {
        switch productKind {
        case .headlessShell: .headlessShell
        case .chromium: .chromium
        case .chrome: .chrome
        case .edge: .edge
        }
    }

    var isSandboxed: Bool { !flags.contains("--no-sandbox") }

    func onSign(_ receive: @escaping @Sendable (BrowserSign) -> Void) -> EventSubscription {
        onEvent { event in
            switch event.event {
            case .died(let death): receive(.died(death))
            case .targetCrashed(let target, let crash): receive(.pageCrashed(target, crash))
            case .targetDestroyed(let target): receive(.pageDestroyed(target))
            case .processExited(.gpu, let pid, _): receive(.gpuProcessEnded(pid: pid))
            default: break
            }
        }
    }

    func openPage(
        deadline: Duration, serve: @escaping PageSession.Server
    ) async throws(PageError) -> any DrivenPage {
        let page: PageSession = try await openPage(deadline: deadline, serve: serve)
        return page
    }

    func answer(deadline: Duration) async throws(CDPError) {
        _ = try await call(CDP.Browser.GetVersion(), deadline: deadline)
    }

    func processes(deadline: Duration) async throws(CDPError) -> [DrivenProcess] {
        try await processInfo(deadline: deadline).map(DrivenProcess.init)
    }

    func watchedProcesses(deadline: Duration) async throws(CDPError) -> [DrivenProcess] {
        try await watchChildren(deadline: deadline).map(DrivenProcess.init)
    }
}

extension PageSession: DrivenPage {
    func evaluate(_ expression: String, deadline: Duration) async throws(PageError) -> RawJSON {
        try await evaluate(expression, awaitPromise: true, deadline: deadline)
    }

    func heapBytes(deadline: Duration) async -> UInt64? {
        let usage = try? await call(CDP.Runtime.GetHeapUsage(), deadline: deadline)
        return usage.flatMap { UInt64(exactly: $0.usedSize.rounded()) }
    }
}

extension DrivenProcess {
    init(_ process: CDP.SystemInfo.GetProcessInfo.Process) {
        self.init(
            pid: process.id, kind: BrowserProcessKind(type: process.type), cpuTime: process.cpuTime)
    }
}
