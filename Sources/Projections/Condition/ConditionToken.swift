/// A word, a number, a text or a sign of a condition, with the column that it begins in.
struct ConditionToken: Equatable {
    enum Kind: Equatable {
        /// A name, a path or a value of an enumeration.
        case word(String)
        case number(UInt64)
        /// A text in quotation marks.
        case text(String)
        case sign(String)
        case end
    }

    let kind: Kind
    let column: Int

    /// The token as it is named in errors.
    var name: String {
        switch kind {
        case .word(let word): "\"\(word)\""
        case .number(let number): "\(number)"
        case .text(let text): "the text \"\(text)\""
        case .sign(let sign): "\"\(sign)\""
        case .end: "the end"
        }
    }

    /// The tokens of a text; the last one is its end.
    static func all(of text: String) throws(ConditionError) -> [ConditionToken] {
        var scanner = Scanner(text: text)
        return try scanner.scan()
    }

    private struct Scanner {
        let text: String
        private let characters: [Character]
        private var place = 0

        /// Signs, so that none stands behind one that it begins with.
        private static let signs = ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")"]

        init(text: String) {
            self.text = text
            characters = Array(text)
        }

        mutating func scan() throws(ConditionError) -> [ConditionToken] {
            var tokens: [ConditionToken] = []
            while true {
                while place < characters.count, characters[place].isWhitespace { place += 1 }
                let column = place + 1
                guard place < characters.count else {
                    return tokens + [ConditionToken(kind: .end, column: column)]
                }
                tokens.append(ConditionToken(kind: try next(), column: column))
            }
        }

        private mutating func next() throws(ConditionError) -> Kind {
            if let sign = Self.signs.first(where: { characters[place...].starts(with: $0) }) {
                place += sign.count
                return .sign(sign)
            }
            let character = characters[place]
            if character == "\"" { return try quoted() }
            if character.isASCIIDigit { return try number() }
            if character.isWordStart { return .word(take(while: \.isWordPart)) }
            let meant: [Character: String] = ["&": "&&", "|": "||", "=": "=="]
            let hint =
                meant[character].map { "write \($0)" }
                ?? "a condition has names, numbers, \"texts\" and signs"
            throw ConditionError(
                text: text, column: place + 1, problem: "\"\(character)\" means nothing; \(hint)")
        }

        private mutating func number() throws(ConditionError) -> Kind {
            let column = place + 1
            let digits = take(while: \.isWordPart)
            guard let number = UInt64(digits) else {
                throw ConditionError(
                    text: text, column: column,
                    problem: "\"\(digits)\" is no number; numbers are whole and below 2^64")
            }
            return .number(number)
        }

        private mutating func quoted() throws(ConditionError) -> Kind {
            let column = place + 1
            place += 1
            let content = take { $0 != "\"" }
            guard place < characters.count else {
                throw ConditionError(
                    text: text, column: column, problem: "the text has no end; write \" behind it")
            }
            place += 1
            return .text(content)
        }

        private mutating func take(while isWanted: (Character) -> Bool) -> String {
            let first = place
            while place < characters.count, isWanted(characters[place]) { place += 1 }
            return String(characters[first..<place])
        }
    }
}

extension Character {
    fileprivate var isASCIIDigit: Bool { isASCII && isNumber }
    fileprivate var isWordStart: Bool { isASCII && isLetter || self == "_" }
    fileprivate var isWordPart: Bool { isWordStart || isASCIIDigit || ":.[]".contains(self) }
}
