import EventLog
import Testing

@testable import struct EventLog.IndexFilter
@testable import struct EventLog.IndexRun
@testable import struct EventLog.IndexRunView
@testable import struct EventLog.IndexTerm
@testable import enum EventLog.IndexTiers
@testable import struct EventLog.TermGroups

/// A generator whose numbers follow from a seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}

@Suite struct IndexTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Appends random steps, and gives what was appended.
    private func history(_ log: EventLog, seed: UInt64, steps: Int) async throws -> [Record] {
        var random = Seeded(state: seed)
        var records: [Record] = []
        for _ in 0..<steps {
            let count = Int.random(in: 1...3, using: &random) * (Bool.random(using: &random) ? 1 : 40)
            var step = Step()
            for index in 0..<count {
                let type = UInt16.random(in: 0...3, using: &random)
                let streams = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                    StreamID(UInt128(UInt64.random(in: 1...9, using: &random)))
                }
                let bytes = (0..<Int.random(in: 0...40, using: &random)).map { UInt8($0) }
                step.append(bytes, type: type, streams: streams)
                records.append(
                    Record(
                        sequence: UInt64(records.count) + 1, beginsStep: index == 0, type: type,
                        streams: streams, bytes: bytes))
            }
            try await log.append(step)
        }
        return records
    }

    @Test(
        "every stream and every type is read as a filter of the whole log reads, both ways", arguments: 1...6)
    func reference(seed: Int) async throws {
        let log = try EventLog.open(at: folder.log("log \(seed)"))
        let records = try await history(log, seed: UInt64(seed), steps: 40)
        #expect(try log.read(from: 0, limit: .max) == records)
        #expect(try log.read(from: .max, limit: .max, .backwards) == records.reversed())
        var random = Seeded(state: UInt64(seed) &* 31)
        for value in UInt128(1)...10 {
            let stream = StreamID(value)
            let expected = records.filter { $0.streams.contains(stream) }
            #expect(try log.reader.read(stream: stream, limit: .max) == expected)
            #expect(try log.reader.read(stream: stream, limit: .max, .backwards) == expected.reversed())
            #expect(try log.reader.newest(of: stream) == expected.last?.sequence ?? 0)
            let from = UInt64.random(in: 1...UInt64(records.count) + 2, using: &random)
            #expect(
                try log.reader.read(stream: stream, from: from, limit: 5)
                    == Array(expected.filter { $0.sequence >= from }.prefix(5)))
            #expect(
                try log.reader.read(stream: stream, from: from, limit: 5, .backwards)
                    == Array(expected.filter { $0.sequence <= from }.reversed().prefix(5)))
        }
        for type in UInt16(1)...4 {
            #expect(try log.reader.read(type: type, limit: .max) == records.filter { $0.type == type })
        }
        log.close()
        let report = try EventLogVerifier.verifyInProcess(path: folder.log("log \(seed)"))
        #expect(report.ok, "\(report)")
    }

    private typealias Pair = (term: IndexTerm, record: UInt32)

    private func pairs(_ random: inout Seeded, count: Int, streams: UInt64) -> [Pair] {
        (0..<UInt32(count)).flatMap { record in
            (0..<Int.random(in: 0...2, using: &random)).map { _ in
                (.stream(StreamID(UInt128(UInt64.random(in: 0...streams, using: &random)))), record * 200)
            }
        }
    }

    private func run(_ pairs: [Pair]) -> IndexRun {
        var groups = TermGroups()
        for pair in pairs { groups.add(pair.term, pair.record) }
        return IndexRun(groups)
    }

    private func withView<Value>(
        _ run: IndexRun, first: UInt64, _ body: (IndexRunView) throws -> Value
    ) throws -> Value {
        try run.bytes.withUnsafeBytes { try body(#require(IndexRunView($0, first: first))) }
    }

    @Test("a run holds every record of every term and nothing else", arguments: 1...20)
    func runs(seed: Int) throws {
        var random = Seeded(state: UInt64(seed))
        let pairs = pairs(&random, count: [3, 9, 500, 20_000][seed % 4], streams: UInt64(seed))
        var run = run(pairs)
        run.finish()
        var expected: [IndexTerm: [UInt64]] = [:]
        for pair in pairs where expected[pair.term]?.last != 7 + UInt64(pair.record) {
            expected[pair.term, default: []].append(7 + UInt64(pair.record))
        }
        try withView(run, first: 7) { view in
            #expect(view.termCount == expected.count)
            for index in 0..<view.termCount {
                let term = view.entry(index).term
                if index > 0 { #expect(view.entry(index - 1).term < term) }
                #expect(view.find(term) == index)
                #expect(view.sequences(index) == expected[term])
                #expect(view.find(.type(UInt16(index))) == nil)
            }
        }
    }

    @Test("runs of parts joined are the run of the whole, byte by byte", arguments: 1...12)
    func joined(seed: Int) throws {
        var random = Seeded(state: UInt64(seed) &* 77)
        let count = UInt32([40, 700, 5000][seed % 3])
        let pairs = pairs(&random, count: Int(count), streams: 60)
        var parts: [(run: IndexRun, first: UInt64)] = []
        var start: UInt32 = 0
        while start < count * 200 {
            let end = start + 200 * UInt32.random(in: 1...count, using: &random)
            let part = pairs.filter { (start..<end).contains($0.record) }
                .map { (term: $0.term, record: $0.record - start) }
            parts.append((run(part), 100 + UInt64(start)))
            start = end
        }
        let joined = IndexRun(merging: parts, from: 100)
        var whole = run(pairs)
        whole = IndexRun(merging: [(whole, 100)], from: 100)
        #expect(joined.bytes == whole.bytes)
    }

    @Test("a damaged run whose distances lie over one another is joined, with no more of them than it has")
    func overlappingDistances() throws {
        let damaged = run((0..<60).map { (.stream(StreamID(UInt128($0 % 6))), UInt32($0)) })
        let terms = try withView(damaged, first: 1) { $0.termCount }
        let distances = try withView(damaged, first: 1) { $0.distanceBytes }
        var bytes = damaged.bytes
        for term in 0..<terms {
            let end = UInt32(term.isMultiple(of: 2) ? distances : 0)
            let place = IndexRun.headerBytes + (term + 1) * IndexRun.Entry.byteCount - 4
            bytes.withUnsafeMutableBytes {
                $0.storeBytes(of: end.littleEndian, toByteOffset: place, as: UInt32.self)
            }
        }
        let other = run([(.stream(StreamID(7)), 0), (.stream(StreamID(7)), 1)])
        let joined = try bytes.withUnsafeBytes { bytes in
            try withView(other, first: 100) { other in
                IndexRun(merging: [try #require(IndexRunView(bytes, first: 1)), other], from: 1)
            }
        }
        try withView(joined, first: 1) { view in
            #expect(view.termCount == terms + 1)
            #expect(view.distanceBytes == distances + 1)
            #expect(view.sequences(terms) == [100, 101])
        }
    }

    @Test("of the terms that a run does not have few pass its filter")
    func filter() throws {
        let terms = (0..<4000).map { IndexTerm.stream(StreamID(UInt128($0) << 70)) }
        let run = run(terms.enumerated().map { ($1, UInt32($0)) })
        let filter = try withView(run, first: 1) { IndexFilter($0) }
        let passing = (4000..<104_000).count { number in
            let (word, bits) = IndexFilter.place(
                of: .stream(StreamID(UInt128(number) << 70)), words: filter.words.count)
            return filter.words[word] & bits == bits
        }
        #expect(passing < 1000)
    }

    @Test("runs are joined when they are as many records as a tier, and stay few")
    func tiers() {
        #expect(IndexTiers.joined([1024]) == 1)
        #expect(IndexTiers.joined([16_384, 1024]) == 1)
        #expect(IndexTiers.joined(Array(repeating: 1024, count: 15)) == 1)
        #expect(IndexTiers.joined(Array(repeating: 1024, count: 16)) == 16)
        #expect(IndexTiers.joined(Array(repeating: 1024, count: 16) + [20_000]) == 16)
        #expect(IndexTiers.joined([1024] + Array(repeating: 17_000, count: 16)) == 17)
        #expect(IndexTiers.joined([300_000, 1024]) == 1)
        var counts: [UInt64] = []
        var random = Seeded(state: 5)
        var total: UInt64 = 0
        while total < 5_000_000 {
            counts.insert(UInt64.random(in: 1024...9000, using: &random), at: 0)
            total += counts[0]
            let joined = IndexTiers.joined(counts)
            counts.replaceSubrange(..<joined, with: [counts[..<joined].reduce(0, +)])
            #expect(counts.count <= Int(total / 262_144) + 32)
        }
        #expect(counts.reduce(0, +) == total)
    }

    @Test("a log whose runs were joined is read as one whose were not, also behind a retention point")
    func joinedLog() async throws {
        let log = try EventLog.open(at: folder.log())
        let rare = StreamID(1 << 100)
        var rareRecords: [UInt64] = []
        var head: UInt64 = 0
        for index in 0..<280 {
            var step = Step()
            for record in 0..<1100 {
                head += 1
                let isRare = record == index && index % 7 == 0
                if isRare { rareRecords.append(head) }
                step.append([], type: 2, streams: isRare ? [rare] : [StreamID(UInt128(index / 3))])
            }
            try await log.append(step)
        }
        #expect(try log.reader.read(stream: rare, limit: .max).map(\.sequence) == rareRecords)
        #expect(
            try log.reader.read(stream: rare, from: rareRecords[5], limit: 3, .backwards).map(\.sequence)
                == rareRecords[3...5].reversed())
        #expect(
            try log.reader.read(type: 2, from: 262_000, limit: 5000).map(\.sequence)
                == Array(262_000...266_999))
        #expect(try EventLogVerifier.verifyInProcess(path: folder.log()).ok)
        try log.reader.save(Snapshot(fold: "test", version: 1, position: 110_000, bytes: [1]))
        _ = try log.retire(through: 110_000)
        #expect(
            try log.reader.read(stream: rare, limit: .max).map(\.sequence)
                == rareRecords.filter { $0 > 110_000 })
        log.close()
        let report = try EventLogVerifier.verifyInProcess(path: folder.log())
        #expect(report.ok, "\(report)")
    }

    @Test(
        "the index is written by the commit that has 1,024 records behind it, and read the same before and after"
    )
    func block() async throws {
        let log = try EventLog.open(at: folder.log())
        let stream = StreamID(1)
        for index in 0..<2100 {
            var step = Step()
            step.append([UInt8(index & 0xff)], type: 3, streams: [stream])
            try await log.append(step)
            guard [1, 1022, 1023, 1024, 1025, 2047, 2048, 2099].contains(index) else { continue }
            let head = UInt64(index) + 1
            #expect(try log.reader.read(stream: stream, limit: .max).map(\.sequence) == Array(1...head))
            #expect(try log.reader.newest(of: stream) == head)
            #expect(
                try log.reader.read(type: 3, from: head - 1, limit: 1000, .backwards).map(\.sequence)
                    == (1..<head).reversed().prefix(1000).map { $0 })
        }
        log.close()
        // A writer takes up what is not in the index yet.
        let again = try EventLog.open(at: folder.log())
        var large = Step()
        for _ in 0..<3000 { large.append([7], type: 4, streams: [StreamID(2)]) }
        try await again.append(large)
        try await again.append(large)
        #expect(try again.reader.read(type: 4, limit: .max).count == 6000)
        again.close()
        let report = try EventLogVerifier.verifyInProcess(path: folder.log())
        #expect(report.ok, "\(report)")
    }

    @Test("a run that contradicts itself is none, and distances that cannot be are refused")
    func damaged() throws {
        let good = run([(.type(1), 0), (.type(1), 1), (.type(1), 300)]).bytes
        for count in 0..<good.count {
            #expect(good[..<count].withUnsafeBytes { IndexRunView($0) } == nil || count % 8 == good.count % 8)
        }
        for (offset, byte) in [(16 + 32, 0x80), (16 + 32, 0), (16 + 32 + 1, 7), (16 + 28, 9), (16 + 24, 1)] {
            var bytes = good
            bytes[offset] = UInt8(byte)
            #expect(bytes.withUnsafeBytes { IndexRunView($0)?.sequences(0) } == nil)
        }
    }

    @Test("a record view shows all that was appended, and may be read within another reading")
    func views() async throws {
        let log = try EventLog.open(at: folder.log())
        var step = Step()
        step.append([1, 2, 3], type: 9, streams: [StreamID(4), StreamID(5)])
        step.append([], type: 8)
        step.key = [6]
        step.add(blob: [7])
        try await log.append(step)
        var seen: [String] = []
        try log.scan(from: 1) { record in
            let inner = try log.read(from: record.sequence, limit: 1)
            let bytes = record.payload.withUnsafeBytes { Array($0) }
            #expect(
                inner == [
                    Record(
                        sequence: record.sequence, beginsStep: record.beginsStep, type: record.type,
                        streams: record.streams, bytes: bytes)
                ])
            seen.append("\(record.type) \(bytes) \(record.stepKey) \(record.stepBlobs.count)")
        }
        #expect(seen == ["9 [1, 2, 3] [6] 1", "8 [] [] 0"])
    }
}
