/// The copies of a task come to no result. The group has ended.
public struct GroupDisagreed: EventMessage {
    public static let number = 78
    public static let name: StaticString = "group_disagreed"

    /// The task.
    public var leader: TaskID
    /// Why.
    public var reason: DisagreeReason
    /// The copies that completed.
    public var votes: [TaskID]
    /// What was compared last.
    public var differences: [OutputDifference]

    public init(
        leader: TaskID = TaskID(0),
        reason: DisagreeReason = .noMajority,
        votes: [TaskID] = [],
        differences: [OutputDifference] = []
    ) {
        self.leader = leader
        self.reason = reason
        self.votes = votes
        self.differences = differences
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "leader", &leader)
        visitor.choice(2, "reason", &reason)
        visitor.identifiers(3, "votes", &votes)
        visitor.messages(4, "differences", &differences)
    }

    public var payload: EventPayload { .groupDisagreed(self) }
}
