/// The owner of a task gets the outputs of its first copy that completed; the others are compared with it later.
public struct ResultServed: EventMessage {
    public static let number = 58
    public static let name: StaticString = "result_served"

    /// The task.
    public var leader: TaskID
    /// The copy.
    public var result: TaskID

    public init(
        leader: TaskID = TaskID(0),
        result: TaskID = TaskID(0)
    ) {
        self.leader = leader
        self.result = result
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "leader", &leader)
        visitor.identifier(2, "result", &result)
    }

    public var payload: EventPayload { .resultServed(self) }
}
