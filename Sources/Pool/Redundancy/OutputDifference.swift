/// How far the outputs of two copies are apart.
public struct OutputDifference: WireMessage, DefaultInitializable {
    /// The copy that was made first.
    public var left: TaskID
    /// The other one.
    public var right: TaskID
    /// Items that differ by more than is tolerated; 0 when the two agree.
    public var items: UInt64
    /// The first of those items, from 0.
    public var firstItem: UInt64
    /// The largest difference of two numbers, tolerated or not.
    public var largestAbsolute: Double
    /// The largest difference of two numbers as a part of the larger one, tolerated or not.
    public var largestRelative: Double

    public init(
        left: TaskID = TaskID(0),
        right: TaskID = TaskID(0),
        items: UInt64 = 0,
        firstItem: UInt64 = 0,
        largestAbsolute: Double = 0,
        largestRelative: Double = 0
    ) {
        self.left = left
        self.right = right
        self.items = items
        self.firstItem = firstItem
        self.largestAbsolute = largestAbsolute
        self.largestRelative = largestRelative
    }

    public init() {
        self.init(left: TaskID(0))
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "left", &left)
        visitor.identifier(2, "right", &right)
        visitor.uint(3, "items", &items)
        visitor.uint(4, "first_item", &firstItem)
        visitor.double(5, "largest_absolute", &largestAbsolute)
        visitor.double(6, "largest_relative", &largestRelative)
    }
}
