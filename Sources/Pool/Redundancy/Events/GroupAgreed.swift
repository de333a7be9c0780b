/// The copies of a task have a result: the one that more than half of them agree on. The group has ended.
public struct GroupAgreed: EventMessage {
    public static let number = 77
    public static let name: StaticString = "group_agreed"

    /// The task.
    public var leader: TaskID
    /// The copy whose outputs are the result.
    public var result: TaskID
    /// The copies that agree on it, itself among them.
    public var agreeing: [TaskID]
    /// The copies that do not.
    public var outvoted: [OutvotedCopy]
    /// What was compared; none when there was only one copy left.
    public var differences: [OutputDifference]

    public init(
        leader: TaskID = TaskID(0),
        result: TaskID = TaskID(0),
        agreeing: [TaskID] = [],
        outvoted: [OutvotedCopy] = [],
        differences: [OutputDifference] = []
    ) {
        self.leader = leader
        self.result = result
        self.agreeing = agreeing
        self.outvoted = outvoted
        self.differences = differences
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "leader", &leader)
        visitor.identifier(2, "result", &result)
        visitor.identifiers(3, "agreeing", &agreeing)
        visitor.messages(4, "outvoted", &outvoted)
        visitor.messages(5, "differences", &differences)
    }

    public var payload: EventPayload { .groupAgreed(self) }
}
