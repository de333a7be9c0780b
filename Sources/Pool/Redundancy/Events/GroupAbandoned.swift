/// The copies of a task are wanted no more. The group has ended.
public struct GroupAbandoned: EventMessage {
    public static let number = 79
    public static let name: StaticString = "group_abandoned"

    /// The task.
    public var leader: TaskID
    /// Why.
    public var reason: AbandonReason

    public init(
        leader: TaskID = TaskID(0),
        reason: AbandonReason = .taskEnded
    ) {
        self.leader = leader
        self.reason = reason
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "leader", &leader)
        visitor.choice(2, "reason", &reason)
    }

    public var payload: EventPayload { .groupAbandoned(self) }
}
