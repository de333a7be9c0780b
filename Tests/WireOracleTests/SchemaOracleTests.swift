import Projections
import Testing

@testable import Pool

/// The schema and the code describe the same messages.
@Suite("The schema")
struct SchemaOracleTests {
    /// What our descriptions say of everything that an event, the state or a pack can hold.
    private static let described: (schema: Schema, payloads: [Int: String]) = {
        var reading = SchemaReading()
        var payloads: [Int: String] = [:]
        for type in EventType.all { payloads[type.number] = type.describe(to: &reading) }
        reading.reach(PoolState())
        reading.reach(FailurePack())
        return (reading.schema, payloads)
    }()

    @Test("every message has the schema's fields: number, name, type and order")
    func messages() {
        var compiled = Schema.compiled.messages
        compiled["Event"] = nil
        let described = Self.described.schema.messages
        #expect(described.keys.sorted() == compiled.keys.sorted())
        for (name, fields) in compiled { #expect(described[name] == fields, "\(name)") }
    }

    @Test("every enumeration has the schema's values: number and name")
    func enumerations() {
        let compiled = Schema.compiled.enumerations
        let described = Self.described.schema.enumerations
        #expect(described.keys.sorted() == compiled.keys.sorted())
        for (name, values) in compiled { #expect(described[name] == values, "\(name)") }
    }

    @Test("every payload number holds the schema's message")
    func payloads() {
        let compiled = Schema.compiled
        for field in compiled.messages["Event"]! where compiled.payloadNumbers.contains(field.number) {
            #expect(Self.described.payloads[field.number].map { .message($0) } == field.kind, "\(field.name)")
        }
    }

    @Test("field numbers fit the bits in which the reader notes required fields")
    func numbers() {
        for (name, fields) in Self.described.schema.messages {
            #expect(fields.allSatisfy { $0.number < 64 }, "\(name)")
        }
    }
}
