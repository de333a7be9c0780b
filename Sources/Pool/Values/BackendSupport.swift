/// What a probe of one backend found in a browser.
public struct BackendSupport: WireMessage, DefaultInitializable {
    /// The backend.
    public var backend: Backend
    /// Why the browser does not offer it; absent when it does.
    public var refusal: BackendRefusal?
    /// The same in the browser's own words.
    public var reason: String
    /// True when a stand-in answers in place of the browser's own implementation.
    public var simulated: Bool

    public init(
        backend: Backend = .webgpu, refusal: BackendRefusal? = nil, reason: String = "",
        simulated: Bool = false
    ) {
        self.backend = backend
        self.refusal = refusal
        self.reason = reason
        self.simulated = simulated
    }

    public init() {
        self.init(backend: .webgpu)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.choice(1, "backend", &backend)
        visitor.optionalChoice(2, "refusal", &refusal)
        visitor.string(3, "reason", &reason)
        visitor.bool(4, "simulated", &simulated)
    }
}

extension [BackendSupport] {
    /// What was found of a backend; one that was not probed is not offered.
    func support(of backend: Backend) -> BackendSupport {
        first { $0.backend == backend }
            ?? BackendSupport(
                backend: backend, refusal: .browserRefuses, reason: "the browser was not asked for it")
    }

    /// Whether a probe found a backend.
    func offer(_ backend: Backend) -> Bool {
        guard let found = firstIndex(where: { $0.backend == backend }) else { return false }
        return self[found].refusal == nil
    }
}
