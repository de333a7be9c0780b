import PoolEngine
import PoolSimulator
import Testing

@testable import Pool

/// Folding records directly, against reading events in full and folding those.
@Suite("Folding records")
struct RecordFoldingTests {
    /// What reading a record in full, whatever its form, and folding the event gives.
    private static func full(
        _ state: PoolState, _ sequence: UInt64, _ bytes: [UInt8]
    ) -> Result<PoolState, RecordError> {
        bytes.withUnsafeBytes { buffer in
            var state = state
            let event: Event
            do throws(WireError) {
                event = try Event(sequence: sequence, anyForm: buffer)
            } catch {
                return .failure(.undecodable(error))
            }
            do throws(ImpossibleEvent) {
                try state.evolve(checking: event)
            } catch {
                return .failure(.impossible(error))
            }
            return .success(state)
        }
    }

    /// What folding the record gives; the state must not change when that fails.
    private static func direct(
        _ before: PoolState, _ sequence: UInt64, _ bytes: [UInt8]
    ) -> Result<PoolState, RecordError> {
        bytes.withUnsafeBytes { buffer in
            var state = before
            do throws(RecordError) {
                try state.evolve(checkingRecord: sequence, decoding: buffer)
            } catch {
                #expect(state == before)
                return .failure(error)
            }
            return .success(state)
        }
    }

    @Test("records fold to the same states as their events, after every event (CORE-1)")
    func sameStates() throws {
        for run in SeededRuns.all {
            var (direct, full) = (PoolState(), PoolState())
            for (record, event) in zip(run.records, run.events) {
                try record.bytes.withUnsafeBytes {
                    try direct.evolve(checkingRecord: record.sequence, decoding: $0)
                }
                full.evolve(event)
                guard direct == full else {
                    Issue.record("seed \(run.seed), event \(record.sequence), \(event.payload.name)")
                    break
                }
            }
            #expect(direct.canonicalBytes() == run.result.finalState.canonicalBytes(), "seed \(run.seed)")
        }
    }

    @Test("every record that a pool writes is read in the one pass, and is then the event that was written")
    func onePass() {
        var types: Set<Int> = []
        for run in SeededRuns.all {
            for (record, event) in zip(run.records, run.events) {
                let read = record.bytes.withUnsafeBytes {
                    Event(sequence: record.sequence, canonical: $0)
                }
                guard read == event else {
                    Issue.record("seed \(run.seed), event \(event)")
                    continue
                }
                types.insert(event.payload.number)
            }
        }
        #expect(types.count > 35, "types of events: \(types.count)")
    }

    @Test("a field that the fold is said not to read changes nothing in the state")
    func unfoldedFields() throws {
        var changed: Set<Int> = []
        for run in SeededRuns.all.prefix(60) {
            var state = PoolState()
            for event in run.events {
                var stripped = event
                var stripping = Stripping()
                stripped.payload = stripped.payload.accept(&stripping)
                if stripped != event { changed.insert(event.payload.number) }
                var other = state
                try other.evolve(checking: stripped)
                state.evolve(event)
                #expect(state == other, "seed \(run.seed), event \(event)")
            }
        }
        #expect(changed.count >= 8, "types with such fields: \(changed.sorted())")
    }

    /// Reads a message anew without the fields that the fold does not read.
    private struct Stripping: PayloadVisitor {
        mutating func visit<M: FoldedMessage>(_ message: inout M) -> EventPayload {
            var writer = WireWriter()
            writer.message(M.number, M.name, &message)
            writer.encoded.withUnsafeBytes { buffer in
                guard var reader = CanonicalReader(buffer) else { return }
                reader.submessage(&message, except: M.unfoldedFields)
                #expect(reader.isAtEnd)
            }
            return message.payload
        }
    }

    @Test("an altered record gives the same error as the full reader, or the same state")
    func alteredRecords() {
        var (errors, states, impossible) = (0, 0, 0)
        for run in SeededRuns.all.prefix(60) {
            var source = SplitMix64(seed: run.seed)
            let records = run.records
            for _ in 0..<4 {
                let index = Int(source.below(UInt64(records.count)))
                var state = PoolState()
                for event in run.events.prefix(index) { state.evolve(event) }
                for _ in 0..<30 {
                    let bytes = Self.alter(records[index].bytes, &source)
                    let expected = Self.full(state, records[index].sequence, bytes)
                    let given = Self.direct(state, records[index].sequence, bytes)
                    #expect(given == expected, "seed \(run.seed), \(bytes)")
                    switch expected {
                    case .success: states += 1
                    case .failure(.undecodable): errors += 1
                    case .failure(.impossible): impossible += 1
                    }
                }
            }
        }
        #expect(errors > 3_000 && states > 500 && impossible > 50, "\(errors), \(states), \(impossible)")
    }

    @Test("a record cut short anywhere, and one out of its place, give the same error as the full reader")
    func truncatedRecords() {
        for run in SeededRuns.all.prefix(8) {
            var state = PoolState()
            for (record, event) in zip(run.records, run.events).prefix(300) {
                for length in record.bytes.indices {
                    let bytes = Array(record.bytes.prefix(length))
                    let given = Self.direct(state, record.sequence, bytes)
                    #expect(given == Self.full(state, record.sequence, bytes))
                }
                for sequence in [record.sequence - 1, record.sequence + 1] {
                    let given = Self.direct(state, sequence, record.bytes)
                    #expect(given == Self.full(state, sequence, record.bytes))
                }
                state.evolve(event)
            }
        }
    }

    /// The bytes with one to three of them changed, left out, repeated or put in.
    private static func alter(_ bytes: [UInt8], _ source: inout SplitMix64) -> [UInt8] {
        var bytes = bytes
        for _ in 0...source.below(3) where !bytes.isEmpty {
            let index = Int(source.below(UInt64(bytes.count)))
            switch source.below(8) {
            case 0: bytes.remove(at: index)
            case 1: bytes.insert(bytes[index], at: index)
            case 2: bytes.insert(UInt8(source.below(256)), at: index)
            case 3: bytes[index] ^= 1 << UInt8(source.below(8))
            case 4: bytes[index] &+= 1
            case 5: bytes.removeLast(Int(source.below(UInt64(bytes.count))))
            default: bytes[index] = UInt8(source.below(256))
            }
        }
        return bytes
    }
}
