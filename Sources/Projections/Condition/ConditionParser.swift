import Pool

/// Reads a condition by recursive descent, one function for each level of binding.
struct ConditionParser {
    private let text: String
    private var tokens: ArraySlice<ConditionToken>
    private var depth = 0

    /// Parentheses and negations within each other, so that no text can exhaust the stack.
    private static let deepest = 100

    init(_ text: String) throws(ConditionError) {
        self.text = text
        tokens = try ConditionToken.all(of: text)[...]
    }

    private var next: ConditionToken { tokens[tokens.startIndex] }

    private func error(at token: ConditionToken, _ problem: String) -> ConditionError {
        ConditionError(text: text, column: token.column, problem: problem)
    }

    /// Takes the next token if it is this sign.
    private mutating func takes(_ sign: String) -> Bool {
        guard next.kind == .sign(sign) else { return false }
        tokens.removeFirst()
        return true
    }

    mutating func parse() throws(ConditionError) -> Condition.Node {
        let node = try alternatives()
        guard next.kind == .end else {
            throw error(
                at: next, "\(next.name) is too much; write &&, || or a comparison before it, or leave it out")
        }
        return node
    }

    private mutating func alternatives() throws(ConditionError) -> Condition.Node {
        var node = try conjunction()
        while takes("||") { node = .any(node, try conjunction()) }
        return node
    }

    private mutating func conjunction() throws(ConditionError) -> Condition.Node {
        var node = try unary()
        while takes("&&") { node = .all(node, try unary()) }
        return node
    }

    private mutating func unary() throws(ConditionError) -> Condition.Node {
        depth += 1
        defer { depth -= 1 }
        let first = next
        guard depth <= Self.deepest else {
            throw error(at: first, "more than \(Self.deepest) parentheses and ! are within each other")
        }
        if takes("!") { return .not(try unary()) }
        guard takes("(") else { return try test() }
        let node = try alternatives()
        guard takes(")") else {
            throw error(
                at: next, "\(next.name) stands where ) should end what ( at column \(first.column) begins")
        }
        return node
    }

    private mutating func test() throws(ConditionError) -> Condition.Node {
        let left = next
        guard case .word(let name) = left.kind else {
            throw error(
                at: left,
                "\(left.name) stands where a condition should, such as tasks.queued > 0 or task:12.state == running"
            )
        }
        tokens.removeFirst()
        let path = try ConditionPath(name, at: left.column, in: text)
        guard case .sign(let sign) = next.kind, let comparison = Condition.Comparison(rawValue: sign) else {
            guard path.type == .truth else {
                throw error(
                    at: next, "\(name) is not true or false by itself; compare it, as in \(path.example)")
            }
            return .isTrue(path.path)
        }
        let operatorToken = tokens.removeFirst()
        if comparison.isEquality || path.isOrdered {
            return .comparison(path.path, comparison, try operand(for: path))
        }
        throw error(at: operatorToken, "\(name) has no order; compare it with == or !=")
    }

    private mutating func operand(for left: ConditionPath) throws(ConditionError) -> Condition.Operand {
        let token = tokens.removeFirst()
        switch (token.kind, left.type) {
        case (.end, _), (.sign, _):
            throw error(at: token, "a value is missing before \(token.name); \(left.example) is right")
        case (.word("none"), _): return .value(.none)
        case (.word("true"), .truth): return .value(.truth(true))
        case (.word("false"), .truth): return .value(.truth(false))
        case (.number(let number), .number), (.number(let number), .time), (.number(let number), .list):
            return .value(.number(number))
        case (.word(let word), .choice(let names)), (.text(let word), .choice(let names)):
            if names.contains(word) { return .value(.name(word)) }
            throw error(at: token, left.problem(withName: word))
        case (.text(let text), .text): return .value(.text(text))
        case (.word(let word), .text) where !word.contains("."): return .value(.text(word))
        case (.word(let word), _):
            let right = try ConditionPath(word, at: token.column, in: text)
            guard right.isOrdered == left.isOrdered, right.isOrdered || right.type == left.type else {
                throw error(
                    at: token, "\(word) cannot be compared with \(left.path); \(left.example) is right")
            }
            return .path(right.path)
        default:
            throw error(
                at: token, "\(token.name) cannot be compared with \(left.path); \(left.example) is right")
        }
    }
}
