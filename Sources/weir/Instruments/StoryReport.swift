import Pool
import Projections

/// What `weir why` says of one entity.
struct StoryReport {
    let story: Story
    /// When the entity came to be, or the first event about it that the log holds was recorded.
    let beganAt: EventTime
    /// The state that the log folds to.
    let state: PoolState
    /// The last event that is in an archive, when the entity's beginning is in it.
    let archived: UInt64?

    private static let offsetColumns = 12
    private static let eventColumns = 11

    private var standing: String { story.ending ?? "\(state.value(of: .field(story.key, "state")))" }

    var text: String {
        var lines = LabelledLines()
        lines.add(line: "\(story.key), \(standing), from \(Format.time(beganAt))")
        if let archived {
            lines.add(line: "what was recorded up to event \(archived) is in an archive")
        }
        for entry in story.entries {
            let events = entry.count == 1 ? "\(entry.last)" : "\(entry.event.sequence)-\(entry.last)"
            add(
                "+" + Wording.duration(from: beganAt, to: entry.event.at), events, entry.sentence, to: &lines)
        }
        if story.ending == nil, let now = state.sentence(about: story.key) {
            add("now", "\(state.position)", now, to: &lines)
        }
        return lines.text
    }

    private func add(_ offset: String, _ events: String, _ sentence: String, to lines: inout LabelledLines) {
        func right(_ text: String, _ columns: Int) -> String {
            String(repeating: " ", count: max(0, columns - text.count)) + text
        }
        let first = right(offset, Self.offsetColumns) + right(events, Self.eventColumns) + "  "
        let rest = String(repeating: " ", count: Self.offsetColumns + Self.eventColumns + 2)
        for line in LabelledLines.wrapped(sentence, first: first, rest: rest) { lines.add(line: line) }
    }

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("entity")
            writer.quoted("\(story.key)")
            writer.key("began_at")
            writer.quoted(Format.time(beganAt))
            writer.key("state")
            writer.quoted(standing)
            writer.key("ended")
            writer.raw(story.ending == nil ? "false" : "true")
            writer.key("archived_through")
            writer.raw(archived.map(String.init) ?? "null")
            writer.array("entries", story.entries.map(object))
            writer.key("now")
            if story.ending == nil, let now = state.sentence(about: story.key) {
                writer.quoted(now)
            } else {
                writer.raw("null")
            }
        }
        return writer.string
    }

    private func object(_ entry: StoryEntry) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            let numbers: [(String, UInt64)] = [
                ("first", entry.event.sequence), ("last", entry.last), ("events", entry.count),
                ("offset_ns", entry.event.at.nanoseconds(since: beganAt)),
            ]
            for (key, value) in numbers {
                writer.key(key)
                writer.raw("\(value)")
            }
            writer.key("at")
            writer.quoted(Format.time(entry.event.at))
            writer.key("type")
            writer.quoted(entry.event.payload.name.description)
            writer.key("sentence")
            writer.quoted(entry.sentence)
        }
        return writer.string
    }
}
