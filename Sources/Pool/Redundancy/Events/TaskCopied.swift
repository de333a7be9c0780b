/// A task is to run once more beside itself. The copy is a task of its own, whose id is this event's sequence number.
public struct TaskCopied: EventMessage {
    public static let number = 75
    public static let name: StaticString = "task_copied"

    /// The task.
    public var leader: TaskID
    /// Why.
    public var reason: CopyReason

    public init(
        leader: TaskID = TaskID(0),
        reason: CopyReason = .submitted
    ) {
        self.leader = leader
        self.reason = reason
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "leader", &leader)
        visitor.choice(2, "reason", &reason)
    }

    public var payload: EventPayload { .taskCopied(self) }
}
