/// The outputs of copies are to be compared. This event's sequence number is the obligation's id.
public struct ComparisonDecided: EventMessage {
    public static let number = 76
    public static let name: StaticString = "comparison_decided"

    /// The task that they are copies of.
    public var leader: TaskID
    /// The copies that completed, in the order in which they were made.
    public var votes: [TaskID]
    /// How far two numbers may be apart whatever their size, in thousand-millionths.
    public var absoluteNano: UInt64
    /// How far they may be apart besides, in thousand-millionths of the larger one.
    public var relativeNano: UInt64
    /// The comparison is given up then.
    public var deadline: EventTime

    public init(
        leader: TaskID = TaskID(0),
        votes: [TaskID] = [],
        absoluteNano: UInt64 = 0,
        relativeNano: UInt64 = 0,
        deadline: EventTime = .zero
    ) {
        self.leader = leader
        self.votes = votes
        self.absoluteNano = absoluteNano
        self.relativeNano = relativeNano
        self.deadline = deadline
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "leader", &leader)
        visitor.identifiers(2, "votes", &votes)
        visitor.uint(3, "absolute_nano", &absoluteNano)
        visitor.uint(4, "relative_nano", &relativeNano)
        visitor.time(5, "deadline_ns", &deadline)
    }

    public var payload: EventPayload { .comparisonDecided(self) }
}
