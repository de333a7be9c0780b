/// A browser that could have been given to a task, and what spoke for it. Scores are in
/// thousandths.
public struct Candidate: WireMessage, DefaultInitializable {
    /// The browser.
    public var browser: BrowserID
    /// Sum of the terms below.
    public var score: UInt32
    /// 400 when the family's preferred browser is this kind or none is preferred, less with every run measured.
    public var preference: UInt32
    /// 200 when the model was last run there; 400 in logs of decision revisions before 5.
    public var residency: UInt32
    /// 200 when no lane is taken, less in proportion.
    public var load: UInt32
    /// 400 where an item is expected to take the least time, less in proportion to the time; 200 where the model was
    /// never measured.
    public var speed: UInt32
    /// How little is known of the model's speed there: 600 when nothing is, and less with every run.
    public var exploration: UInt32
    /// 200 without a failure since a run last completed there, 100 less for each; 0 on probation.
    public var health: UInt32
    /// 200 when a task of the same affinity was last run there.
    public var affinity: UInt32
    /// Time that an item is expected to take there, in nanoseconds; 0 when it is not known.
    public var itemNs: UInt64

    public init(
        browser: BrowserID = BrowserID(0),
        score: UInt32 = 0,
        preference: UInt32 = 0,
        residency: UInt32 = 0,
        load: UInt32 = 0,
        speed: UInt32 = 0,
        exploration: UInt32 = 0,
        health: UInt32 = 0,
        affinity: UInt32 = 0,
        itemNs: UInt64 = 0
    ) {
        self.browser = browser
        self.score = score
        self.preference = preference
        self.residency = residency
        self.load = load
        self.speed = speed
        self.exploration = exploration
        self.health = health
        self.affinity = affinity
        self.itemNs = itemNs
    }

    public init() {
        self.init(browser: BrowserID(0))
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
        visitor.uint(2, "score", &score)
        visitor.uint(3, "preference", &preference)
        visitor.uint(4, "residency", &residency)
        visitor.uint(5, "load", &load)
        visitor.uint(6, "speed", &speed)
        visitor.uint(7, "exploration", &exploration)
        visitor.uint(8, "health", &health)
        visitor.uint(9, "affinity", &affinity)
        visitor.uint(10, "item_ns", &itemNs)
    }
}
