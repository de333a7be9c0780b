/// Items of a copy that one browser gave the results of.
public struct CopyRun: WireMessage, DefaultInitializable {
    /// The browser.
    public var browser: BrowserID
    /// Its incarnation.
    public var incarnation: IncarnationID
    /// First item, from 0.
    public var firstItem: UInt64
    /// One past the last item.
    public var endItem: UInt64

    public init(
        browser: BrowserID = BrowserID(0),
        incarnation: IncarnationID = IncarnationID(0),
        firstItem: UInt64 = 0,
        endItem: UInt64 = 0
    ) {
        self.browser = browser
        self.incarnation = incarnation
        self.firstItem = firstItem
        self.endItem = endItem
    }

    public init() {
        self.init(browser: BrowserID(0))
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
        visitor.identifier(2, "incarnation", &incarnation)
        visitor.uint(3, "first_item", &firstItem)
        visitor.uint(4, "end_item", &endItem)
    }
}
