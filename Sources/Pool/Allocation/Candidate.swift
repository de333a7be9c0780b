/// A browser that could have been given to a task, and what spoke for it. Scores are in
/// thousandths.
public struct Candidate: WireMessage, DefaultInitializable {
    /// The browser.
    public var browser: BrowserID
    /// Sum of the terms below.
    public var score: UInt32
    /// 400 when the family's preferred browser is this kind or none is preferred.
    public var preference: UInt32
    /// 400 when the model was last run there.
    public var residency: UInt32
    /// 200 when no lane is taken, less in proportion.
    public var load: UInt32

    public init(
        browser: BrowserID = BrowserID(0),
        score: UInt32 = 0,
        preference: UInt32 = 0,
        residency: UInt32 = 0,
        load: UInt32 = 0
    ) {
        self.browser = browser
        self.score = score
        self.preference = preference
        self.residency = residency
        self.load = load
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
    }
}
