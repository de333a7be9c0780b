/// The signs of a browser at one time, of which it is not known yet what came of them.
public struct SignExample: WireMessage, DefaultInitializable {
    /// When.
    public var at: EventTime
    /// Its signs then.
    public var levels: SignLevels

    public init(at: EventTime = .zero, levels: SignLevels = SignLevels()) {
        self.at = at
        self.levels = levels
    }

    public init() {
        self.init(at: .zero)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.time(1, "at_ns", &at)
        visitor.message(2, "levels", &levels)
    }
}
