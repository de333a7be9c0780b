import ChromePipe
import Pool

extension BrowserFacts {
    init(_ chrome: Chrome, adapter: Adapter) {
        self.init(
            pid: UInt32(chrome.pid), kind: Pool.BrowserKind(chrome.kind), product: chrome.version.product,
            flags: chrome.flags, sandboxed: !chrome.flags.contains("--no-sandbox"), adapter: adapter,
            simulated: false)
    }
}

extension Pool.BrowserKind {
    init(_ kind: ChromePipe.BrowserKind) {
        self =
            switch kind {
            case .headlessShell: .headlessShell
            case .chromium: .chromium
            case .chrome: .chrome
            case .edge: .edge
            }
    }
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
