/// Why a text is no condition: what is wrong, where, and what would be right.
public struct ConditionError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The whole text.
    public let text: String
    /// Where it is wrong: the column of the first character concerned, from 1.
    public let column: Int
    /// What is wrong there, and what would be right.
    public let problem: String

    public init(text: String, column: Int, problem: String) {
        self.text = text
        self.column = column
        self.problem = problem
    }

    public var description: String {
        let pointer = String(repeating: " ", count: column + 1) + "^"
        return "the condition is wrong at column \(column): \(problem)\n  \(text)\n\(pointer)"
    }
}
