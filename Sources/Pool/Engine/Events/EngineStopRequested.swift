/// The engine is to end: tasks are suspended and browsers closed.
public struct EngineStopRequested: EventMessage {
    public static let number = 12
    public static let name: StaticString = "engine_stop_requested"

    /// Why.
    public var reason: StopReason

    public init(reason: StopReason = .finished) {
        self.reason = reason
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.choice(1, "reason", &reason)
    }

    public var payload: EventPayload { .engineStopRequested(self) }
}
