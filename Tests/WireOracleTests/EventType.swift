import Testing

@testable import Pool

/// A type of event, found by its payload number.
struct EventType: Sendable, CustomTestStringConvertible {
    let number: Int
    private let blank: EventPayload

    /// Every type that our reader knows among the numbers that a payload can have, ascending.
    static let all: [EventType] = (3..<1000).compactMap { number in
        payload(readBy: number).map { EventType(number: number, blank: $0) }
    }

    var name: String { blank.name.description }

    var testDescription: String { name }

    /// What the reader makes of an empty field of this number; that required fields are missing is of no interest.
    private static func payload(readBy number: Int) -> EventPayload? {
        var writer = WireWriter()
        writer.tag(number, .lengthDelimited)
        writer.varint(0)
        var payload: EventPayload?
        writer.encoded.withUnsafeBytes { buffer in
            _ = try? WireReader.decode(buffer) { reader in
                reader.fill(named: Event.self) { reader in
                    guard let pending = reader.pendingNumber else { return }
                    payload = EventPayload.decode(number: pending, from: &reader)
                }
            }
        }
        return payload
    }

    /// An event of this type with the filler's values.
    func event(_ filler: inout RandomFiller) -> Event {
        var event = Event(sequence: 7, at: .zero, cause: 0, payload: blank)
        filler.time(1, "at_ns", &event.at)
        filler.uint(2, "cause", &event.cause)
        var filling = Filling(filler: filler)
        event.payload = event.payload.accept(&filling)
        filler = filling.filler
        return event
    }

    /// The payload's message as our description has it.
    func describe(to reading: inout SchemaReading) -> String {
        var describing = Describing(reading: reading)
        let name = blank.accept(&describing)
        reading = describing.reading
        return name
    }

    private struct Filling: PayloadVisitor {
        var filler: RandomFiller
        mutating func visit<M: EventMessage>(_ message: inout M) -> EventPayload {
            message.visit(&filler)
            return message.payload
        }
    }

    private struct Describing: PayloadVisitor {
        var reading: SchemaReading
        mutating func visit<M: EventMessage>(_ message: inout M) -> String { reading.reach(message) }
    }
}
