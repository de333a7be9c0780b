/// Reports from the executor that changed nothing, counted; at most one event per cause per second.
public struct ReportsRefused: EventMessage {
    public static let number = 32
    public static let name: StaticString = "reports_refused"

    /// Why.
    public var refusal: Refusal
    /// How many.
    public var count: UInt64
    /// The obligation or incarnation that the last of them named.
    public var lastSubject: UInt64

    public init(refusal: Refusal = .stale, count: UInt64 = 0, lastSubject: UInt64 = 0) {
        self.refusal = refusal
        self.count = count
        self.lastSubject = lastSubject
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.choice(1, "refusal", &refusal)
        visitor.uint(2, "count", &count)
        visitor.uint(3, "last_subject", &lastSubject)
    }

    public var payload: EventPayload { .reportsRefused(self) }
}
