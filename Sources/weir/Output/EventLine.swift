import Pool

/// An event in one line.
enum EventLine {
    /// For people: sequence number, time of day, type, fields that are not empty, and the cause.
    static func text(_ event: Event) -> String {
        let at = Format.time(event.at).dropFirst(11).prefix(12)
        let sequence = String(event.sequence)
        let padding = String(repeating: " ", count: max(0, 6 - sequence.count))
        let name = event.payload.name.description
        let fields = TextFields.of(event.payload)
        let cause = event.cause == 0 ? "" : "  ← \(event.cause)"
        let gap = String(repeating: " ", count: max(1, 22 - name.count))
        return "\(padding)\(sequence)  \(at)  \(name)\(fields.isEmpty ? "" : gap)\(fields)\(cause)"
    }

    /// For programs: one JSON object.
    static func json(_ event: Event) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("sequence")
            writer.raw("\(event.sequence)")
            writer.key("at")
            writer.quoted(Format.time(event.at))
            writer.key("type")
            writer.quoted(event.payload.name.description)
            writer.key("cause")
            writer.raw("\(event.cause)")
            writer.key("data")
            writer.raw(event.payload.json)
        }
        return writer.string
    }
}
