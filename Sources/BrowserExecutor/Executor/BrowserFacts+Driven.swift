import Pool

extension BrowserFacts {
    init(_ browser: any DrivenBrowser, _ probe: PageAnswer.Probe) {
        self.init(
            pid: UInt32(browser.pid), kind: browser.kind, product: browser.product, flags: browser.flags,
            sandboxed: browser.isSandboxed,
            adapter: probe.adapter.map { Adapter($0) }, simulated: false,
            backends: probe.backends.compactMap(BackendSupport.init))
    }
}

extension BackendSupport {
    /// Nil for a backend that has no name here.
    init?(_ answer: PageAnswer.BackendAnswer) {
        guard let backend = Backend(name: answer.backend) else { return nil }
        self.init(
            backend: backend,
            refusal: answer.refusal.map { BackendRefusal(name: $0) ?? .browserRefuses },
            reason: String((answer.reason ?? "").prefix(Self.reasonLimit)), simulated: answer.simulated)
    }

    /// Characters of a browser's words that are kept.
    private static let reasonLimit = 400
}

extension Adapter {
    init(_ info: PageAnswer.AdapterInfo) {
        self.init(
            vendor: info.vendor, architecture: info.architecture, device: info.device,
            description: info.description, software: info.isFallbackAdapter,
            features: (info.features ?? []).sorted(),
            limits: (info.limits ?? [:]).sorted { $0.key < $1.key }.map {
                AdapterLimit(name: $0.key, value: UInt64(exactly: $0.value) ?? 0)
            })
    }
}
