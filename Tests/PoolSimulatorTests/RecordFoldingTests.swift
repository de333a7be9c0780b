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
            let records = DecodedRecords()
            records.append(sequence, buffer)
            do throws(RecordError) {
                try state.evolve(checking: records)
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
            let records = DecodedRecords()
            for (record, event) in zip(run.records, run.events) {
                record.bytes.withUnsafeBytes { records.append(record.sequence, $0) }
                try direct.evolve(checking: records)
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

    /// Records of a run in one batch, those at some places in a form that is not our own writers'.
    private static func batch(_ records: some Sequence<StoredRecord>, foreign: (Int) -> Bool)
        -> DecodedRecords
    {
        let batch = DecodedRecords()
        for (index, record) in records.enumerated() {
            // A number with a needless byte stands for the same one.
            var bytes = record.bytes
            if foreign(index), bytes[0] == 8, let last = bytes.dropFirst().firstIndex(where: { $0 < 0x80 }) {
                bytes[last] |= 0x80
                bytes.insert(0, at: last + 1)
            }
            bytes.withUnsafeBytes { batch.append(record.sequence, $0) }
        }
        return batch
    }

    @Test("batches of any size fold to the same state, also of records in other forms (CORE-1)")
    func batches() throws {
        for run in SeededRuns.all.prefix(80) {
            var source = SplitMix64(seed: run.seed)
            var state = PoolState()
            var rest = run.records[...]
            while !rest.isEmpty {
                let size = Int(source.within(1...900))
                let isForeign = source.chance(perMille: 500)
                let batch = Self.batch(rest.prefix(size)) { isForeign && $0 % 5 == 0 }
                try state.evolve(checking: batch)
                #expect(batch.isEmpty)
                rest = rest.dropFirst(size)
            }
            #expect(state == run.result.finalState, "seed \(run.seed)")
        }
    }

    @Test("a body that throws is not given its batch again")
    func throwingBody() throws {
        struct Stop: Error {}
        let log = try #require(SeededRuns.busy.first { $0.log.durableHead() > 1_100 }).log
        for last in [UInt64(100), 1_100] {
            var calls = 0
            #expect(throws: Stop.self) {
                try log.forEachBatch(from: 1, through: last) { _ in
                    calls += 1
                    throw Stop()
                }
            }
            #expect(calls == 1)
        }
    }

    @Test("a batch larger than the memory that is set aside keeps every record")
    func largeBatch() throws {
        let records = SeededRuns.busy.flatMap { $0.log.read(from: 1, limit: .max) }
        let batch = Self.batch(records) { $0 % 3 == 0 }
        // The first run's records fold, and the next run's first one cannot follow them.
        var state = PoolState()
        #expect(throws: RecordError.self) { try state.evolve(checking: batch) }
        #expect(state == SeededRuns.busy[0].finalState)
        #expect(!batch.isEmpty)
        batch.removeAll()
        #expect(batch.isEmpty)
    }

    @Test("a record that cannot be folded ends a batch there, and stays in it with those behind it")
    func failingBatch() throws {
        let run = try #require(SeededRuns.all.first { $0.records.count > 200 })
        for (index, isForeign) in [(0, false), (60, false), (60, true), (150, true)] {
            var records = run.records
            records.remove(at: index)
            let batch = Self.batch(records) { isForeign && $0 == index }
            var state = PoolState()
            let before = PoolState.fold(run.events.prefix(index))
            for _ in 0..<2 {
                let error = #expect(throws: RecordError.self) { try state.evolve(checking: batch) }
                #expect(error == Self.error(before, records[index].sequence, records[index].bytes))
                #expect(state == before && !batch.isEmpty)
            }
        }
    }

    private static func error(_ state: PoolState, _ sequence: UInt64, _ bytes: [UInt8]) -> RecordError? {
        guard case .failure(let error) = full(state, sequence, bytes) else { return nil }
        return error
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
