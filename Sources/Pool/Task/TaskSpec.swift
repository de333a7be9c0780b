/// What the owner of a task asks for.
public struct TaskSpec: WireMessage, DefaultInitializable {
    /// Model family, for placement.
    public var family: ModelFamily
    /// Name of the model.
    public var model: String
    /// SHA-256 of the model's manifest.
    public var modelDigest: Digest
    /// In-page runtime that runs the model.
    public var runtime: String
    /// Number of items, at least 1.
    public var itemsTotal: UInt64
    /// The inputs; item i uses input i modulo `inputs_count`.
    public var inputs: Payload
    /// Number of inputs, at least 1.
    public var inputsCount: UInt64
    /// Items that share one dispatch, 1 to 256.
    public var batchItems: UInt32
    /// Backends in order of preference, at least one.
    public var backends: [Backend]
    /// Higher is granted first.
    public var priority: UInt32
    /// A recovery that takes longer is rolled back, in milliseconds.
    public var recoveryTimeoutMs: UInt64
    /// Whether the task can be resumed by another engine.
    public var statePersistence: Bool
    /// The strategy for this task; absent means the pool's.
    public var failoverStrategy: RecoveryStrategy?
    /// The task times out this long after its submission, in milliseconds; 0 means never.
    public var deadlineMs: UInt64
    /// Backends that the runtime can run the model on; none means webgpu.
    public var runtimeBackends: [Backend]
    /// Whether the task fails where its first backend cannot be used, rather than going on with the next.
    public var strictBackend: Bool
    /// WebGPU features that the adapter must have where the task runs on webgpu.
    public var requiredFeatures: [String]
    /// Least values that the adapter's limits must have where the task runs on webgpu.
    public var requiredLimits: [AdapterLimit]
    /// Memory that the task is expected to need in a browser, in bytes; 0 when it is not known.
    public var memoryBytes: UInt64
    /// Tasks with the same word here like to share a browser; empty for none.
    public var affinity: String
    /// Copies that run on different browsers and must agree, 1 to 8; 0 for as many as the pool's policy says.
    public var redundancy: UInt32

    public init(
        family: ModelFamily = .textEmbedding,
        model: String = "",
        modelDigest: Digest = .zero,
        runtime: String = "",
        itemsTotal: UInt64 = 0,
        inputs: Payload = Payload(),
        inputsCount: UInt64 = 0,
        batchItems: UInt32 = 64,
        backends: [Backend] = [],
        priority: UInt32 = 0,
        recoveryTimeoutMs: UInt64 = 30000,
        statePersistence: Bool = true,
        failoverStrategy: RecoveryStrategy? = nil,
        deadlineMs: UInt64 = 0,
        runtimeBackends: [Backend] = [],
        strictBackend: Bool = false,
        requiredFeatures: [String] = [],
        requiredLimits: [AdapterLimit] = [],
        memoryBytes: UInt64 = 0,
        affinity: String = "",
        redundancy: UInt32 = 0
    ) {
        self.family = family
        self.model = model
        self.modelDigest = modelDigest
        self.runtime = runtime
        self.itemsTotal = itemsTotal
        self.inputs = inputs
        self.inputsCount = inputsCount
        self.batchItems = batchItems
        self.backends = backends
        self.priority = priority
        self.recoveryTimeoutMs = recoveryTimeoutMs
        self.statePersistence = statePersistence
        self.failoverStrategy = failoverStrategy
        self.deadlineMs = deadlineMs
        self.runtimeBackends = runtimeBackends
        self.strictBackend = strictBackend
        self.requiredFeatures = requiredFeatures
        self.requiredLimits = requiredLimits
        self.memoryBytes = memoryBytes
        self.affinity = affinity
        self.redundancy = redundancy
    }

    /// Whether the runtime can run the model on a backend.
    public func canRun(on backend: Backend) -> Bool {
        runtimeBackends.isEmpty ? backend == .webgpu : runtimeBackends.contains(backend)
    }

    public init() {
        self.init(family: .textEmbedding)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.choice(1, "family", &family)
        visitor.string(2, "model", &model)
        visitor.digest(3, "model_digest", &modelDigest)
        visitor.string(4, "runtime", &runtime)
        visitor.uint(5, "items_total", &itemsTotal)
        visitor.message(6, "inputs", &inputs)
        visitor.uint(7, "inputs_count", &inputsCount)
        visitor.uint(8, "batch_items", &batchItems)
        visitor.choices(9, "backends", &backends)
        visitor.uint(10, "priority", &priority)
        visitor.uint(11, "recovery_timeout_ms", &recoveryTimeoutMs)
        visitor.bool(12, "state_persistence", &statePersistence)
        visitor.optionalChoice(13, "failover_strategy", &failoverStrategy)
        visitor.uint(14, "deadline_ms", &deadlineMs)
        visitor.choices(15, "runtime_backends", &runtimeBackends)
        visitor.bool(16, "strict_backend", &strictBackend)
        visitor.strings(17, "required_features", &requiredFeatures)
        visitor.messages(18, "required_limits", &requiredLimits)
        visitor.uint(19, "memory_bytes", &memoryBytes)
        visitor.string(20, "affinity", &affinity)
        visitor.uint(21, "redundancy", &redundancy)
    }
}
