import EventLog
import Foundation
import Testing

/// A scan whose pages are read by a thread of their own gives what one without gives.
@Suite struct ReadAheadTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private struct Stop: Error {}

    /// What a scan gave before it ended, and how it ended.
    private struct Outcome: Equatable {
        var records: [Record] = []
        var keys: [[UInt8]] = []
        var blobs: [[BlobDigest]] = []
        var error: EventLogError?
    }

    private func outcome(
        _ reader: EventLogReader, from first: UInt64, through last: UInt64? = nil, pageSize: Int = 16,
        readingAhead: Bool
    ) throws -> Outcome {
        var outcome = Outcome()
        do {
            try reader.scan(from: first, through: last, pageSize: pageSize, readingAhead: readingAhead) {
                view in
                outcome.records.append(
                    Record(
                        sequence: view.sequence, beginsStep: view.beginsStep, type: view.type,
                        streams: view.streams, bytes: view.payload.withUnsafeBytes { Array($0) }))
                outcome.keys.append(view.stepKey)
                outcome.blobs.append(view.stepBlobs)
            }
        } catch let error as EventLogError {
            outcome.error = error
        }
        return outcome
    }

    /// A log of so many steps of three records, some of which are larger than what is set aside for a page.
    private func makeLog(steps: Int) async throws -> String {
        let path = folder.log()
        let log = try EventLog.open(at: path)
        for number in 1...steps {
            var step = Step()
            for part in 0..<3 {
                let size = number % 97 == 5 && part == 1 ? 300_000 : number % 13 * 40
                step.append(
                    Array("step \(number), part \(part).".utf8)
                        + [UInt8](repeating: UInt8(number % 251), count: size),
                    type: UInt16(part), streams: [StreamID(UInt128(number % 7))])
            }
            if number % 10 == 0 { step.key = Array("key \(number)".utf8) }
            if number % 50 == 0 { step.add(blob: Array("blob \(number)".utf8)) }
            _ = try log.submit(step) { _ in }
        }
        try await log.durable(through: log.acceptedHead)
        log.close()
        return path
    }

    @Test("it gives every record as it is, in order, from any position through any other")
    func same() async throws {
        let reader = try EventLog.openForReading(at: try await makeLog(steps: 200))
        defer { reader.close() }
        let (head, ranges) = (
            try reader.head(),
            [(0, nil), (1, nil), (2, 599), (5, 150), (301, 500), (600, nil), (601, nil), (10, 9)]
                as [(UInt64, UInt64?)]
        )
        #expect(head == 600)
        for (first, last) in ranges {
            let plain = try outcome(reader, from: first, through: last, readingAhead: false)
            #expect(try outcome(reader, from: first, through: last, readingAhead: true) == plain)
            #expect(try outcome(reader, from: first, through: last, pageSize: 1, readingAhead: true) == plain)
            let end = min(last ?? head, head)
            #expect(plain.records.count == (end < first ? 0 : Int(end - max(first, 1)) + 1))
        }
    }

    @Test("damage is told where it is, after all records before it (LOG-4)")
    func damage() async throws {
        let path = try await makeLog(steps: 200)
        #expect(
            try replace(Array("step 111, part 2".utf8), by: Array("step 112, part 2".utf8), in: path) >= 1)
        let reader = try EventLog.openForReading(at: path)
        defer { reader.close() }
        let plain = try outcome(reader, from: 1, readingAhead: false)
        #expect(plain.error == .damaged(path: path, sequence: 333, problem: "its checksum does not match"))
        #expect(plain.records.count == 332)
        #expect(try outcome(reader, from: 1, readingAhead: true) == plain)
    }

    @Test("an error of the body ends it there, and the reader can be closed at once")
    func stopped() async throws {
        let path = try await makeLog(steps: 200)
        for stop in [UInt64(1), 16, 17, 333, 600] {
            let reader = try EventLog.openForReading(at: path)
            var seen: UInt64 = 0
            #expect(throws: Stop.self) {
                try reader.scan(from: 1, pageSize: 16, readingAhead: true) { record in
                    seen = record.sequence
                    if seen == stop { throw Stop() }
                }
            }
            #expect(seen == stop)
            reader.close()
        }
    }

    @Test("its body may read from the same reader, and what is appended meanwhile is given too")
    func whileItIsWritten() async throws {
        let path = try await makeLog(steps: 400)
        let log = try EventLog.open(at: path)
        var last: UInt64 = 0
        try log.scan(from: 1, pageSize: 16, readingAhead: true) { record in
            #expect(record.sequence == last + 1)
            last = record.sequence
            if last == 10 { #expect(try log.read(from: 1200, limit: 10).count == 1) }
            if last.isMultiple(of: 100), last <= 300 {
                let isDurable = DispatchSemaphore(value: 0)
                _ = try log.submit(Step(records: [[1], [2]])) { _ in isDurable.signal() }
                isDurable.wait()
            }
        }
        #expect(last == 1206)
        log.close()
    }

    /// Positions that a scan in batches gave, and how it ended.
    private func batches(
        _ reader: EventLogReader, from first: UInt64, through last: UInt64? = nil, pageSize: Int
    ) -> (records: [Record], sizes: [Int], error: EventLogError?) {
        var (records, sizes): ([Record], [Int]) = ([], [])
        do {
            try reader.scan(from: first, through: last, pageSize: pageSize, inBatches: RecordCopies.self) {
                let before = records.count
                $0.forEachRecord { view in
                    records.append(
                        Record(
                            sequence: view.sequence, beginsStep: view.beginsStep, type: view.type,
                            streams: view.streams, bytes: view.payload.withUnsafeBytes { Array($0) }))
                }
                sizes.append(records.count - before)
            }
        } catch {
            return (records, sizes, error as? EventLogError)
        }
        return (records, sizes, nil)
    }

    @Test(
        "batches hold every record once, of few as of many, and damage is told after those before it (LOG-4)")
    func inBatches() async throws {
        let path = try await makeLog(steps: 200)
        let reader = try EventLog.openForReading(at: path)
        for (first, last, pageSize) in [
            (0, nil, 16), (1, 40, 16), (301, 500, 1), (1, nil, 1_000), (10, 9, 16),
        ]
            as [(UInt64, UInt64?, Int)]
        {
            let plain = try outcome(reader, from: first, through: last, readingAhead: false)
            let given = batches(reader, from: first, through: last, pageSize: pageSize)
            #expect(given.records == plain.records && given.error == nil)
            #expect(given.sizes.allSatisfy { $0 <= pageSize })
        }
        reader.close()
        #expect(
            try replace(Array("step 111, part 2".utf8), by: Array("step 112, part 2".utf8), in: path) >= 1)
        let damaged = try EventLog.openForReading(at: path)
        defer { damaged.close() }
        for pageSize in [16, 1_000] {
            let given = batches(damaged, from: 1, pageSize: pageSize)
            #expect(given.records.count == 332)
            #expect(
                given.error
                    == .damaged(path: path, sequence: 333, problem: "its checksum does not match"))
        }
    }

    @Test("a reader that is closed ends it with that error")
    func closed() async throws {
        let reader = try EventLog.openForReading(at: try await makeLog(steps: 200))
        let error = #expect(throws: EventLogError.self) {
            try reader.scan(from: 1, pageSize: 1, readingAhead: true) { record in
                if record.sequence == 20 { reader.close() }
            }
        }
        #expect(error == .closed(path: reader.path))
    }
}
