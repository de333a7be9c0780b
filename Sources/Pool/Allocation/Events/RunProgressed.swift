/// Items of a run have their results.
public struct RunProgressed: EventMessage {
    public static let number = 21
    public static let name: StaticString = "run_progressed"

    /// The run.
    public var obligation: ObligationID
    /// The allocation that it names.
    public var allocation: AllocationID
    /// First item of these results, from 0.
    public var firstItem: UInt64
    /// Number of items, at least 1.
    public var itemCount: UInt64
    /// JSON array with one object per item.
    public var outputs: Payload
    /// Time that these items took, in milliseconds.
    public var runMs: Double
    /// What the model carries on to the next item, opaque; absent when it carries nothing.
    public var state: Payload?

    public init(
        obligation: ObligationID = ObligationID(0),
        allocation: AllocationID = AllocationID(0),
        firstItem: UInt64 = 0,
        itemCount: UInt64 = 0,
        outputs: Payload = Payload(),
        runMs: Double = 0,
        state: Payload? = nil
    ) {
        self.obligation = obligation
        self.allocation = allocation
        self.firstItem = firstItem
        self.itemCount = itemCount
        self.outputs = outputs
        self.runMs = runMs
        self.state = state
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "obligation", &obligation)
        visitor.identifier(2, "allocation", &allocation)
        visitor.uint(3, "first_item", &firstItem)
        visitor.uint(4, "item_count", &itemCount)
        visitor.message(5, "outputs", &outputs)
        visitor.double(6, "run_ms", &runMs)
        visitor.optionalMessage(7, "state", &state)
    }

    public var payload: EventPayload { .runProgressed(self) }
}
