import Pool

/// How numbers, times and names stand in sentences.
public enum Wording {
    /// A name of the schema in words: `engine stopped` for `engine_stopped`.
    static func words(_ value: some WireEnum) -> String { words(value.name.description) }

    static func words(_ name: String) -> String { String(name.map { $0 == "_" ? " " : $0 }) }

    /// `1 item`, `2 items`.
    static func count(_ number: some BinaryInteger, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// A range of items, of which the first is 0: `item 7`, `items 0 to 63`.
    static func items(from first: UInt64, count: UInt64) -> String {
        count == 1 ? "item \(first)" : "items \(first) to \(first &+ count &- 1)"
    }

    /// The time from one event time to another, in seconds and thousandths.
    public static func duration(from start: EventTime, to end: EventTime) -> String {
        seconds(nanoseconds: end.nanoseconds(since: start))
    }

    /// A number of nanoseconds, in seconds and thousandths.
    public static func seconds(nanoseconds: UInt64) -> String {
        let milliseconds = nanoseconds / 1_000_000
        let thousandths = String(1000 + milliseconds % 1000).dropFirst()
        return "\(milliseconds / 1000).\(thousandths) s"
    }

    /// A number of milliseconds, rounded.
    static func rounded(milliseconds: Double) -> String {
        let whole = milliseconds.rounded()
        return whole.isFinite && whole >= 0 && whole < 1e15 ? "\(UInt64(whole)) ms" : "\(milliseconds) ms"
    }

    /// What a browser said, without the control characters that would break a line or write to a terminal.
    public static func line(_ text: String) -> String {
        String(
            text.map { character in
                character.unicodeScalars.contains { $0.properties.generalCategory == .control }
                    ? " " : character
            })
    }

    /// A detail after a sentence; nothing if it is empty.
    static func detail(_ text: String) -> String { text.isEmpty ? "" : ": " + line(text) }

    /// Alternatives: `a`, `a or b`, `a, b or c`.
    static func alternatives(_ names: [String]) -> String {
        guard let last = names.last, names.count > 1 else { return names.first ?? "nothing" }
        return names.dropLast().joined(separator: ", ") + " or " + last
    }
}
