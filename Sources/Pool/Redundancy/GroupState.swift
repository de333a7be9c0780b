/// The copies of one task, from its submission until they agree or disagree.
public struct GroupState: WireMessage, DefaultInitializable {
    /// The task that they are copies of.
    public var id: TaskID
    /// What each of them is to do; they have no deadline of their own.
    public var spec: TaskSpec
    /// The copies, in the order in which they were made.
    public var copies: [CopyState]
    /// The comparison under way.
    public var comparison: ObligationID?
    /// Comparisons in a row that gave nothing.
    public var failedComparisons: UInt32
    /// True once a further copy was made to give a majority.
    public var tieBreak: Bool
    /// The copy whose outputs the owner got before the others were known.
    public var served: TaskID?
    /// Why the last of the copies failed that did.
    public var failure: TaskFailure?

    public init(
        id: TaskID = TaskID(0),
        spec: TaskSpec = TaskSpec(),
        copies: [CopyState] = [],
        comparison: ObligationID? = nil,
        failedComparisons: UInt32 = 0,
        tieBreak: Bool = false,
        served: TaskID? = nil,
        failure: TaskFailure? = nil
    ) {
        self.id = id
        self.spec = spec
        self.copies = copies
        self.comparison = comparison
        self.failedComparisons = failedComparisons
        self.tieBreak = tieBreak
        self.served = served
        self.failure = failure
    }

    public init() {
        self.init(id: TaskID(0))
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "id", &id)
        visitor.message(2, "spec", &spec)
        visitor.messages(3, "copies", &copies)
        visitor.optionalIdentifier(4, "comparison", &comparison)
        visitor.uint(5, "failed_comparisons", &failedComparisons)
        visitor.bool(6, "tie_break", &tieBreak)
        visitor.optionalIdentifier(7, "served", &served)
        visitor.optionalChoice(8, "failure", &failure)
    }
}
