/// The outputs of copies were compared, each with each.
public struct OutputsCompared: EventMessage {
    public static let number = 35
    public static let name: StaticString = "outputs_compared"

    /// The comparison that this answers.
    public var obligation: ObligationID
    /// The task that they are copies of.
    public var leader: TaskID
    /// One for each two of them, in the order of the first and then of the second.
    public var differences: [OutputDifference]

    public init(
        obligation: ObligationID = ObligationID(0),
        leader: TaskID = TaskID(0),
        differences: [OutputDifference] = []
    ) {
        self.obligation = obligation
        self.leader = leader
        self.differences = differences
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "obligation", &obligation)
        visitor.identifier(2, "leader", &leader)
        visitor.messages(3, "differences", &differences)
    }

    public var payload: EventPayload { .outputsCompared(self) }
}
