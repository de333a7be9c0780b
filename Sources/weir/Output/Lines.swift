/// Lines of a label and what it stands for, for a terminal of 80 columns.
struct LabelledLines {
    /// Columns of a terminal that everything but events fits in.
    static let columns = 80
    /// Columns of the label, with the gap after it.
    private static let labelColumns = 10

    private(set) var lines: [String] = []

    /// Adds a value; what does not fit goes on below it.
    mutating func add(_ label: String, _ value: String) {
        let gap = String(repeating: " ", count: max(1, Self.labelColumns - label.count))
        lines += Self.wrapped(
            value, first: label + gap, rest: String(repeating: " ", count: Self.labelColumns))
    }

    /// Adds a value that is not broken, however long it is: something to be copied.
    mutating func add(_ label: String, whole value: String) {
        lines.append(label + String(repeating: " ", count: max(1, Self.labelColumns - label.count)) + value)
    }

    /// Adds a line as it is.
    mutating func add(line: String) { lines.append(line) }

    var text: String { lines.joined(separator: "\n") }

    /// Breaks a text between words, so that it fits; a word that is too long by itself is left whole.
    ///
    /// - Parameters:
    ///   - first: What stands before the first line.
    ///   - rest: What stands before every other.
    static func wrapped(_ text: String, first: String, rest: String) -> [String] {
        var lines: [String] = []
        var indent = first
        for paragraph in text.split(separator: "\n", omittingEmptySubsequences: false) {
            var line = ""
            for word in paragraph.split(separator: " ", omittingEmptySubsequences: false) {
                let longer = line.isEmpty ? String(word) : line + " " + word
                if indent.count + longer.count <= columns || line.allSatisfy({ $0 == " " }) {
                    line = longer
                } else {
                    lines.append(indent + line)
                    indent = rest
                    line = String(word)
                }
            }
            lines.append(indent + line)
            indent = rest
        }
        return lines
    }
}
