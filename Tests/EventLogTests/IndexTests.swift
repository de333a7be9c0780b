import EventLog
import Testing

@testable import struct EventLog.IndexTerm
@testable import struct EventLog.Postings

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

    @Test("the entries of a step hold every record of every term, in small pieces", arguments: 1...20)
    func postings(seed: Int) {
        var random = Seeded(state: UInt64(seed))
        let count = [3, 9, 500, 20_000][seed % 4]
        let pairs = (0..<UInt32(count)).flatMap { record in
            (0..<Int.random(in: 0...2, using: &random)).map { _ in
                (
                    term: IndexTerm.stream(
                        StreamID(UInt128(UInt64.random(in: 0...UInt64(seed), using: &random)))),
                    record: record * 200
                )
            }
        }
        let postings = Postings(terms: pairs.count) { body in
            for pair in pairs { body(pair.term, pair.record) }
        }
        var found: [IndexTerm: [UInt64]] = [:]
        for (former, entry) in zip([nil] + postings.entries.map { Optional($0) }, postings.entries) {
            #expect(entry.value.count <= Postings.valueBytesLimit)
            if let former { #expect((former.term, former.first) < (entry.term, entry.first)) }
            let sequences = postings.values.withUnsafeBytes {
                Postings.sequences(
                    first: UInt64(entry.first), distances: UnsafeRawBufferPointer(rebasing: $0[entry.value]))
            }
            found[entry.term, default: []] += sequences ?? []
        }
        var expected: [IndexTerm: [UInt64]] = [:]
        for pair in pairs where expected[pair.term]?.last != UInt64(pair.record) {
            expected[pair.term, default: []].append(UInt64(pair.record))
        }
        #expect(found == expected)
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

    @Test("distances that cannot be are refused")
    func badPostings() {
        for bytes: [UInt8] in [[0x80], [0], [0xff, 0xff, 0xff, 0xff, 0xff, 1]] {
            #expect(bytes.withUnsafeBytes { Postings.sequences(first: 1, distances: $0) } == nil)
        }
        #expect([1].withUnsafeBytes { Postings.sequences(first: .max, distances: $0) } == nil)
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
