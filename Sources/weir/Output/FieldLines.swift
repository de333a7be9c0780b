import Pool
import Projections

/// Fields as lines: the path, a gap, the value. Elements of a list of messages take one line each.
enum FieldLines {
    private static let indent = "  "
    /// Columns that paths are padded to at most.
    private static let widestPath = 34
    /// Characters of a value that are shown.
    private static let shownCharacters = 300

    static func of(_ fields: [Field]) -> [String] {
        let rows = grouped(fields)
        let width = rows.map(\.label.count).filter { $0 <= widestPath }.max() ?? 0
        return rows.flatMap { label, value in
            let gap = String(repeating: " ", count: max(0, width - label.count) + 2)
            let rest = String(repeating: " ", count: indent.count + width + 2)
            let longestWord = value.split(separator: " ").map(\.count).max() ?? 0
            guard
                max(indent.count + label.count + gap.count, rest.count) + longestWord > LabelledLines.columns
            else { return LabelledLines.wrapped(value, first: indent + label + gap, rest: rest) }
            // Beside the path there is no room for the longest word; below it the value is broken anywhere.
            return [indent + label] + broken(value, indent: indent + indent)
        }
    }

    private static func broken(_ value: String, indent: String) -> [String] {
        var rest = value[...]
        var lines: [String] = []
        while !rest.isEmpty {
            lines.append(indent + rest.prefix(LabelledLines.columns - indent.count))
            rest = rest.dropFirst(LabelledLines.columns - indent.count)
        }
        return lines
    }

    /// A value for people, in one line.
    static func value(_ value: FieldValue) -> String {
        let text =
            switch value {
            case .time(let time): time == .zero ? FieldValue.none.description : Format.time(time)
            case .text(""): "\"\""
            default: Wording.line(value.description)
            }
        return text.count > shownCharacters ? text.prefix(shownCharacters) + "…" : text
    }

    private static func grouped(_ fields: [Field]) -> [(label: String, value: String)] {
        var rows: [(label: String, value: String)] = []
        for field in fields {
            guard let end = field.path.firstIndex(of: "]") else {
                rows.append((field.path, value(field.value)))
                continue
            }
            let element = String(field.path[...end])
            let part = field.path[field.path.index(after: end)...].dropFirst() + " " + value(field.value)
            if rows.last?.label == element {
                rows[rows.count - 1].value += ", " + part
            } else {
                rows.append((element, String(part)))
            }
        }
        return rows
    }
}

extension JSONWriter {
    /// Writes fields as the members of an object.
    mutating func fields(_ fields: [Field]) {
        braces { writer in
            for field in fields {
                writer.key(field.path)
                writer.raw(field.value.json)
            }
        }
    }

    /// Writes a member that is an array of JSON values.
    mutating func array(_ name: String, _ elements: [String]) {
        key(name)
        raw("[" + elements.joined(separator: ",") + "]")
    }

    /// Writes a member that is an array of texts.
    mutating func strings(_ name: String, _ texts: [String]) { array(name, texts.map(Self.quoted)) }

    /// A text as a JSON value.
    static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.quoted(text)
        return writer.string
    }
}
