/// Columns of text, as wide as their widest cell.
struct TextTable {
    private var rows: [(cells: [String], note: String)]

    init(_ header: [String]) { rows = [(header, "")] }

    /// - Parameter note: What stands below the row, indented; nothing if it is empty.
    mutating func add(_ row: [String], note: String = "") { rows.append((row, note)) }

    var text: String {
        let columns = rows[0].cells.indices
        let widths = columns.map { column in rows.map { $0.cells[column].count }.max() ?? 0 }
        let indent = String(repeating: " ", count: (widths.first ?? 0) + 2)
        return rows.flatMap { row, note in
            let cells = zip(row, widths).map { cell, width in
                cell + String(repeating: " ", count: width - cell.count)
            }
            var line = cells.joined(separator: "  ")
            while line.last == " " { line.removeLast() }
            return [line] + (note.isEmpty ? [] : LabelledLines.wrapped(note, first: indent, rest: indent))
        }.joined(separator: "\n")
    }
}
