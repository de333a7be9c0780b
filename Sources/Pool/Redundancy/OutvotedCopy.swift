/// A copy that the majority disagrees with.
public struct OutvotedCopy: WireMessage, DefaultInitializable {
    /// The copy.
    public var task: TaskID
    /// The first item in which it differs from the result, from 0.
    public var firstItem: UInt64
    /// The browser that gave that item; absent when it is not known any more.
    public var browser: BrowserID?
    /// That browser's incarnation.
    public var incarnation: IncarnationID?

    public init(
        task: TaskID = TaskID(0),
        firstItem: UInt64 = 0,
        browser: BrowserID? = nil,
        incarnation: IncarnationID? = nil
    ) {
        self.task = task
        self.firstItem = firstItem
        self.browser = browser
        self.incarnation = incarnation
    }

    public init() {
        self.init(task: TaskID(0))
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "task", &task)
        visitor.uint(2, "first_item", &firstItem)
        visitor.optionalIdentifier(3, "browser", &browser)
        visitor.optionalIdentifier(4, "incarnation", &incarnation)
    }
}
