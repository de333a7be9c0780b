/// A failed browser whose process lives is to be healed in place. This event's sequence number is the obligation's id.
public struct HealDecided: EventMessage {
    public static let number = 84
    public static let name: StaticString = "heal_decided"

    /// The browser.
    public var browser: BrowserID
    /// The incarnation to heal.
    public var incarnation: IncarnationID
    /// What was seen of it.
    public var evidence: Evidence
    /// What is to be done.
    public var rung: Rung
    /// The rung has failed when it takes longer.
    public var deadline: EventTime
    /// What the rung was chosen on; none where it was the next of the ladder.
    public var estimates: [RungEstimate]

    public init(
        browser: BrowserID = BrowserID(0),
        incarnation: IncarnationID = IncarnationID(0),
        evidence: Evidence = .rendererCrashed,
        rung: Rung = .reloadPage,
        deadline: EventTime = .zero,
        estimates: [RungEstimate] = []
    ) {
        self.browser = browser
        self.incarnation = incarnation
        self.evidence = evidence
        self.rung = rung
        self.deadline = deadline
        self.estimates = estimates
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
        visitor.identifier(2, "incarnation", &incarnation)
        visitor.choice(3, "evidence", &evidence)
        visitor.choice(4, "rung", &rung)
        visitor.time(5, "deadline_ns", &deadline)
        visitor.messages(6, "estimates", &estimates)
    }

    public var payload: EventPayload { .healDecided(self) }
}
