import Pool

/// A condition on a pool's state, written as text.
///
/// A condition is one of these, the ones that bind closest first; parentheses bind closer still:
/// - `task:12`, `browser:5` and likewise an allocation, a recovery or an obligation: it is in the pool;
/// - `pool.is_stopping`: the field, which must be a truth, is true;
/// - `tasks.queued > 3`: the comparison holds, by `==`, `!=`, `<`, `<=`, `>` or `>=`;
/// - `!c`: c does not hold;
/// - `c && d`: both hold;
/// - `c || d`: at least one of both holds.
///
/// On the left of a comparison stands a count (`tasks`, `browsers.ready`) or a field (`task:12.state`,
/// `pool.policy.max_connections`), on the right a number, a name such as `running`, a text in quotation marks, `true`,
/// `false`, `none`, or again a count or a field. A list counts as the number of its elements, a time as nanoseconds
/// since the Unix epoch. A field of what is not in the pool is `none`, which equals nothing else and has no order.
public struct Condition: Sendable, CustomStringConvertible {
    /// The text that it was read from.
    public let description: String
    private let root: Node

    /// Reads a condition.
    ///
    /// - Throws: `ConditionError` that says what is wrong and where.
    public init(_ text: String) throws(ConditionError) {
        var parser = try ConditionParser(text)
        root = try parser.parse()
        description = text
    }

    /// Whether it holds in a state.
    public func holds(in state: PoolState) -> Bool { root.holds(in: state) }

    indirect enum Node: Sendable {
        case any(Node, Node)
        case all(Node, Node)
        case not(Node)
        case isTrue(StatePath)
        case comparison(StatePath, Comparison, Operand)

        func holds(in state: PoolState) -> Bool {
            switch self {
            case .any(let left, let right): left.holds(in: state) || right.holds(in: state)
            case .all(let left, let right): left.holds(in: state) && right.holds(in: state)
            case .not(let node): !node.holds(in: state)
            case .isTrue(let path): state.value(of: path) == .truth(true)
            case .comparison(let path, let comparison, let operand):
                comparison.holds(state.value(of: path), operand.value(in: state))
            }
        }
    }

    enum Operand: Sendable {
        case value(FieldValue)
        case path(StatePath)

        func value(in state: PoolState) -> FieldValue {
            switch self {
            case .value(let value): value
            case .path(let path): state.value(of: path)
            }
        }
    }

    enum Comparison: String, Sendable {
        case equal = "=="
        case unequal = "!="
        case less = "<"
        case atMost = "<="
        case greater = ">"
        case atLeast = ">="

        /// Whether it asks for equality alone.
        var isEquality: Bool { self == .equal || self == .unequal }

        func holds(_ left: FieldValue, _ right: FieldValue) -> Bool {
            switch self {
            case .equal: left.isEqual(to: right)
            case .unequal: !left.isEqual(to: right)
            case .less: ordered(left, right, <)
            case .atMost: ordered(left, right, <=)
            case .greater: ordered(left, right, >)
            case .atLeast: ordered(left, right, >=)
            }
        }

        private func ordered(
            _ left: FieldValue, _ right: FieldValue, _ isOrdered: (UInt64, UInt64) -> Bool
        ) -> Bool {
            guard let left = left.magnitude, let right = right.magnitude else { return false }
            return isOrdered(left, right)
        }
    }
}

extension FieldValue {
    /// What it counts as in a comparison of numbers.
    fileprivate var magnitude: UInt64? {
        switch self {
        case .number(let number): number
        case .time(let time): time.nanoseconds
        case .list(let values): UInt64(values.count)
        case .none, .real, .truth, .text, .name: nil
        }
    }

    fileprivate func isEqual(to other: FieldValue) -> Bool {
        if let left = magnitude, let right = other.magnitude { return left == right }
        switch (self, other) {
        case (.text(let left), .name(let right)), (.name(let left), .text(let right)): return left == right
        default: return self == other
        }
    }
}
