/// A GPU process that ended.
public struct GPULoss: WireMessage, DefaultInitializable {
    /// When.
    public var at: EventTime

    public init(at: EventTime) { self.at = at }

    public init() { self.init(at: .zero) }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.time(1, "at_ns", &at)
    }
}
