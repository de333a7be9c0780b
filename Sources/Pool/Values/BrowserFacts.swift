/// What was learnt about a browser process when it became ready.
public struct BrowserFacts: WireMessage, DefaultInitializable {
    /// Process id on the engine's host.
    public var pid: UInt32
    /// The product.
    public var kind: BrowserKind
    /// Product and version as the browser reports them.
    public var product: String
    /// Every command-line flag that it was started with.
    public var flags: [String]
    /// False when the browser's sandbox was turned off.
    public var sandboxed: Bool
    /// The WebGPU adapter; absent when there is none.
    public var adapter: Adapter?
    /// True when no real browser stands behind it.
    public var simulated: Bool
    /// What a probe of each backend found; empty in logs of decision revision 1, where a browser with an adapter
    /// offers webgpu, and every browser cpu.
    public var backends: [BackendSupport]

    public init(
        pid: UInt32 = 0,
        kind: BrowserKind = .headlessShell,
        product: String = "",
        flags: [String] = [],
        sandboxed: Bool = false,
        adapter: Adapter? = nil,
        simulated: Bool = false,
        backends: [BackendSupport] = []
    ) {
        self.pid = pid
        self.kind = kind
        self.product = product
        self.flags = flags
        self.sandboxed = sandboxed
        self.adapter = adapter
        self.simulated = simulated
        self.backends = backends
    }

    public init() {
        self.init(pid: 0)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "pid", &pid)
        visitor.choice(2, "kind", &kind)
        visitor.string(3, "product", &product)
        visitor.strings(4, "flags", &flags)
        visitor.bool(5, "sandboxed", &sandboxed)
        visitor.optionalMessage(6, "adapter", &adapter)
        visitor.bool(7, "simulated", &simulated)
        visitor.messages(8, "backends", &backends)
    }

    /// Whether WebGPU ends after a few losses of the GPU process: it does in a build of Chromium that was started with flags, but
    /// without the two that lift Chrome's limits (each alone is not enough).
    var limitsGPULosses: Bool {
        let lifting = ["--disable-gpu-process-crash-limit", "--disable-domain-blocking-for-3d-apis"]
        return kind != .firefox && !flags.isEmpty && !lifting.allSatisfy(flags.contains)
    }

    /// What was found of every backend, also by a browser of the first decision revision.
    var support: [BackendSupport] {
        if !backends.isEmpty { return backends }
        let webgpu =
            adapter == nil
            ? BackendSupport(backend: .webgpu, refusal: .noAdapter, reason: "no WebGPU adapter")
            : BackendSupport(backend: .webgpu)
        return [webgpu, BackendSupport(backend: .cpu)]
    }
}
