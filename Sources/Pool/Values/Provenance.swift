/// What produced a result.
public struct Provenance: WireMessage, DefaultInitializable {
    /// The backend that ran the model.
    public var backend: Backend
    /// The adapter behind it; features and limits are left to the browser's launch event.
    public var adapter: Adapter?
    /// Product and version of the browser.
    public var browser: String
    /// In-page runtime and its version.
    public var runtime: String
    /// Name of the model.
    public var model: String
    /// SHA-256 of the model's manifest, which names the digest of its weights.
    public var modelDigest: Digest
    /// True when nothing real was run.
    public var simulated: Bool
    /// True when the model or its shaders were not resident when the run began.
    public var cold: Bool
    /// Items that share one dispatch.
    public var batchItems: UInt32
    /// Variant of the kernels, chosen by adapter; empty where a runtime has one only.
    public var variant: String
    /// Compute nodes by the backend that ran them, where the runtime tells.
    public var nodes: [BackendNodes]

    public init(
        backend: Backend = .webgpu,
        adapter: Adapter? = nil,
        browser: String = "",
        runtime: String = "",
        model: String = "",
        modelDigest: Digest = .zero,
        simulated: Bool = false,
        cold: Bool = false,
        batchItems: UInt32 = 0,
        variant: String = "",
        nodes: [BackendNodes] = []
    ) {
        self.backend = backend
        self.adapter = adapter
        self.browser = browser
        self.runtime = runtime
        self.model = model
        self.modelDigest = modelDigest
        self.simulated = simulated
        self.cold = cold
        self.batchItems = batchItems
        self.variant = variant
        self.nodes = nodes
    }

    public init() {
        self.init(backend: .webgpu)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.choice(1, "backend", &backend)
        visitor.optionalMessage(2, "adapter", &adapter)
        visitor.string(3, "browser", &browser)
        visitor.string(4, "runtime", &runtime)
        visitor.string(5, "model", &model)
        visitor.digest(6, "model_digest", &modelDigest)
        visitor.bool(7, "simulated", &simulated)
        visitor.bool(8, "cold", &cold)
        visitor.uint(9, "batch_items", &batchItems)
        visitor.string(10, "variant", &variant)
        visitor.messages(11, "nodes", &nodes)
    }
}
