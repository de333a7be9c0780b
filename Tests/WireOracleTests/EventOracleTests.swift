import Foundation
import SwiftProtobuf
import Testing

@testable import Pool

/// Our codec and swift-protobuf agree on every type of event, in both directions.
@Suite("Events and swift-protobuf")
struct EventOracleTests {
    static let seeds: Range<UInt64> = 0..<60

    @Test("the types of event are those of the schema, in its order and under its names")
    func types() {
        let schema = Schema.compiled
        #expect(EventType.all.map(\.number) == schema.payloadNumbers)
        let names = schema.messages["Event"]!.filter { schema.payloadNumbers.contains($0.number) }.map(\.name)
        #expect(EventType.all.map(\.name) == names)
        #expect(EventPayload.names.map(\.description) == names)
    }

    @Test(
        "swift-protobuf reads and writes the same bytes, and we read our event back", arguments: EventType.all
    )
    func bytes(type: EventType) throws {
        for seed in Self.seeds {
            var filler = RandomFiller(seed: seed)
            let event = type.event(&filler)
            let bytes = event.encoded()
            let theirs = try oracle(bytes, as: Weir_V1_Event.self, "seed \(seed)")
            let decoded = try Event(sequence: 7, decoding: try theirs.serializedBytes())
            #expect(decoded.encoded() == bytes, "seed \(seed)")
            #expect(decoded.payload.json == event.payload.json, "seed \(seed)")
            if !filler.gaveNaN { #expect(decoded == event, "seed \(seed)") }
        }
    }

    @Test("other bytes of the same meaning are the same event to both", arguments: EventType.all)
    func scrambled(type: EventType) throws {
        var scrambler = WireScrambler(schema: .compiled, random: SplitMix64(seed: UInt64(type.number)))
        var changed = 0
        for seed in Self.seeds {
            var filler = RandomFiller(seed: seed)
            let event = type.event(&filler)
            let bytes = event.encoded()
            let scrambled = scrambler.scramble(bytes, "Event")
            if scrambled != bytes { changed += 1 }
            let theirs = try Weir_V1_Event(serializedBytes: scrambled)
            #expect(try theirs.serializedBytes() == bytes, "seed \(seed)")
            let decoded = try Event(sequence: 7, decoding: scrambled)
            #expect(decoded.encoded() == bytes, "seed \(seed)")
            if !filler.gaveNaN { #expect(decoded == event, "seed \(seed)") }
        }
        #expect(changed > 0)
    }

    @Test("JSON has the schema's names and swift-protobuf's values", arguments: EventType.all)
    func json(type: EventType) throws {
        for seed in Self.seeds {
            var filler = RandomFiller(seed: seed, mode: seed % 2 == 0 ? .everyField : .anything)
            let event = type.event(&filler)
            let schema = Schema.compiled
            let field = try #require(schema.messages["Event"]!.first { $0.number == type.number })
            guard case .message(let message) = field.kind else { throw Schema.Unsupported(what: field.name) }
            let theirs = try JSONSerialization.jsonObject(
                with: Weir_V1_Event(serializedBytes: event.encoded()).schemaJSON())
            let fields = try #require(theirs as? [String: Any])
            // Every field of the event itself is written when it is not zero.
            let plain = schema.messages["Event"]!.filter { !schema.payloadNumbers.contains($0.number) }.map(
                \.name)
            if filler.mode == .everyField {
                #expect(Set(fields.keys) == Set(plain + [type.name]), "seed \(seed)")
            }
            let differences = try JSONComparison.differences(
                ours: event.payload.json,
                theirs: JSONSerialization.data(withJSONObject: try #require(fields[type.name])),
                message: message, schema: schema)
            #expect(differences.isEmpty, "seed \(seed)")
        }
    }

    @Test("an event that lost its end is an error, wherever it was cut", arguments: EventType.all)
    func truncated(type: EventType) {
        for seed in Self.seeds.prefix(8) {
            var filler = RandomFiller(seed: seed)
            let bytes = type.event(&filler).encoded()
            for length in 0..<bytes.count {
                #expect(throws: WireError.self, "seed \(seed), \(length) bytes") {
                    try Event(sequence: 7, decoding: Array(bytes.prefix(length)))
                }
            }
        }
    }

    @Test("damaged bytes that we read, swift-protobuf reads as the same event", arguments: EventType.all)
    func damaged(type: EventType) throws {
        var random = SplitMix64(seed: UInt64(type.number))
        var scrambler = WireScrambler(schema: .compiled, random: SplitMix64(seed: UInt64(type.number)))
        var (read, refused) = (0, 0)
        for seed in Self.seeds {
            var filler = RandomFiller(seed: seed)
            let sound = scrambler.scramble(type.event(&filler).encoded(), "Event")
            for _ in 0..<20 {
                var bytes = sound
                for _ in 0...random.below(3) {
                    let position = random.below(bytes.count)
                    switch random.below(3) {
                    case 0: bytes[position] ^= 1 << UInt8(random.below(8))
                    case 1: bytes.insert(UInt8(truncatingIfNeeded: random.next()), at: position)
                    default: if bytes.count > 1 { bytes.remove(at: position) }
                    }
                }
                guard let event = try? Event(sequence: 7, decoding: bytes) else {
                    refused += 1
                    continue
                }
                read += 1
                let theirs = try #require(try? Weir_V1_Event(serializedBytes: bytes), "\(bytes)")
                #expect(try UnknownFields.of(theirs).isEmpty, "\(bytes)")
                #expect(try theirs.serializedBytes() == event.encoded(), "\(bytes)")
            }
        }
        #expect(read > 0 && refused > 0)
    }
}
