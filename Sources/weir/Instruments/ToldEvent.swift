import EventLog
import Pool
import PoolEngine
import Projections

/// An event of a log, with what it is about and whether a step begins with it.
struct ToldEvent {
    let event: Event
    let subjects: EventSubjects
    let beginsStep: Bool

    init(_ record: Record) throws {
        event = try Event(of: record)
        subjects = EventSubjects(of: record.streams)
        beginsStep = record.beginsStep
    }

    /// The event in one plain sentence.
    var sentence: String { event.sentence(about: subjects) }

    /// The event as a JSON object.
    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("sequence")
            writer.raw("\(event.sequence)")
            writer.key("at")
            writer.quoted(Format.time(event.at))
            writer.key("type")
            writer.quoted(event.payload.name.description)
            writer.key("sentence")
            writer.quoted(sentence)
        }
        return writer.string
    }

    /// The event in lines for people, indented.
    var lines: [String] { Self.lines("\(event.sequence)", sentence) }

    static func lines(_ label: String, _ sentence: String) -> [String] {
        let padding = String(repeating: " ", count: max(0, 6 - label.count))
        return LabelledLines.wrapped(sentence, first: padding + label + "  ", rest: "        ")
    }
}

extension EventLogReader {
    /// The event with a sequence number, which the log must hold.
    func told(_ sequence: UInt64) throws -> ToldEvent? {
        try read(from: sequence, limit: 1).first { $0.sequence == sequence }.map(ToldEvent.init)
    }

    /// All events of the step that an event belongs to.
    func step(of sequence: UInt64) throws -> [ToldEvent] {
        let base = try base()
        var first = sequence
        while first > base + 1, let event = try told(first), !event.beginsStep { first -= 1 }
        var step: [ToldEvent] = []
        var next = first
        while let event = try told(next), next == first || !event.beginsStep {
            step.append(event)
            next += 1
        }
        return step
    }

    /// The causes of an event, nearest first, as far as the log holds them.
    func causes(of event: Event) throws -> [ToldEvent] {
        var causes: [ToldEvent] = []
        var cause = event.cause
        while cause > (try base()), let told = try told(cause) {
            causes.append(told)
            // A cause comes before its effect; an altered log may say otherwise.
            guard told.event.cause < cause else { break }
            cause = told.event.cause
        }
        return causes
    }
}
