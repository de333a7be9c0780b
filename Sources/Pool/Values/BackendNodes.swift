/// How many compute nodes of a model a backend runs.
public struct BackendNodes: WireMessage, DefaultInitializable {
    /// The backend.
    public var backend: Backend
    /// Their number.
    public var nodes: UInt32

    public init(backend: Backend = .webgpu, nodes: UInt32 = 0) {
        self.backend = backend
        self.nodes = nodes
    }

    public init() {
        self.init(backend: .webgpu)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.choice(1, "backend", &backend)
        visitor.uint(2, "nodes", &nodes)
    }
}
