/// The outputs of copies could not be compared.
public struct ComparisonFailed: EventMessage {
    public static let number = 36
    public static let name: StaticString = "comparison_failed"

    /// The comparison that this answers.
    public var obligation: ObligationID
    /// The task that they are copies of.
    public var leader: TaskID
    /// Why, in words.
    public var detail: String

    public init(
        obligation: ObligationID = ObligationID(0),
        leader: TaskID = TaskID(0),
        detail: String = ""
    ) {
        self.obligation = obligation
        self.leader = leader
        self.detail = detail
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "obligation", &obligation)
        visitor.identifier(2, "leader", &leader)
        visitor.string(3, "detail", &detail)
    }

    public var payload: EventPayload { .comparisonFailed(self) }
}
