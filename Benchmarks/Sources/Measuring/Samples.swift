import Foundation

/// Writes a line to standard output at once: a benchmark takes minutes, and may be watched.
public func say(_ text: String) {
    FileHandle.standardOutput.write(Data((text + "\n").utf8))
}

/// Runs a benchmark, and ends the process with what kept it from being run.
public func benchmark(_ body: @Sendable () async throws -> Void) async {
    do {
        try await body()
    } catch {
        FileHandle.standardError.write(Data("\(error)\n".utf8))
        exit(1)
    }
}

/// Measured times of one thing, in milliseconds.
public struct Samples: Sendable {
    public private(set) var values: [Double] = []

    public init(_ values: [Double] = []) {
        self.values = values.sorted()
    }

    public mutating func add(_ value: Double) {
        values.insert(value, at: values.firstIndex { $0 > value } ?? values.endIndex)
    }

    /// The middle value; of an even number the mean of the two in the middle. 0 without values.
    public var median: Double {
        guard !values.isEmpty else { return 0 }
        let middle = values.count / 2
        return values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
    }

    public var least: Double { values.first ?? 0 }
    public var most: Double { values.last ?? 0 }
}

/// Rows of text in columns, the first to the left, the others to the right.
public struct Table: Sendable {
    private var rows: [[String]]

    public init(_ headings: [String]) {
        rows = [headings]
    }

    public mutating func add(_ row: [String]) {
        rows.append(row)
    }

    public var text: String {
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }
            .joined(separator: "  ")
        }
        .joined(separator: "\n")
    }
}

extension Double {
    /// With this many decimal digits.
    public func rounded(to digits: Int) -> String {
        var scale = 1.0
        for _ in 0..<digits { scale *= 10 }
        let number = "\((self * scale).rounded() / scale)"
        return digits == 0 ? String(number.prefix { $0 != "." }) : number
    }
}

extension Duration {
    public var milliseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
    }
}
