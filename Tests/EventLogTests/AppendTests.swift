import EventLog
import Foundation
import Testing

@testable import struct EventLog.AcknowledgedMark
@testable import struct EventLog.LogFiles

@Suite struct AppendTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("what is appended is read back, numbered from 1 without a gap (LOG-1)")
    func roundTrip() async throws {
        let log = try EventLog.open(at: folder.log("a/b/c"))
        #expect(try log.head() == 0)
        #expect(try log.read(from: 1, limit: 10) == [])
        #expect(try await log.append(Step(records: [[1, 2], []])) == 1...2)
        #expect(try await log.append(Step(records: [[3]])) == 3...3)
        let large = [UInt8](repeating: 9, count: 100_000)
        #expect(try await log.append(Step(records: [large])) == 4...4)
        #expect(
            try log.read(from: 1, limit: 10) == [
                Record(sequence: 1, beginsStep: true, bytes: [1, 2]),
                Record(sequence: 2, beginsStep: false, bytes: []),
                Record(sequence: 3, beginsStep: true, bytes: [3]),
                Record(sequence: 4, beginsStep: true, bytes: large),
            ])
        #expect(try log.read(from: 0, limit: 1).map(\.sequence) == [1])
        #expect(try log.read(from: 2, limit: 2).map(\.sequence) == [2, 3])
        #expect(try log.read(from: 5, limit: 2) == [])
        #expect(log.acceptedHead == 4 && log.durableHead == 4)
    }

    @Test("a log is durable across closing and opening, and keeps its identity")
    func reopening() async throws {
        let path = folder.log()
        let identity = LogID(0x0123_4567_89ab_cdef_0011_2233_4455_6677)
        let records = try await makeLog(at: path, sampleSteps(30), options: .init(logID: identity))
        let log = try EventLog.open(at: path, options: .init(logID: LogID(1)))
        #expect(log.logID == identity)
        #expect(try log.read(from: 1, limit: .max) == records)
        #expect(try await log.append(Step(records: [[1]])).lowerBound == UInt64(records.count) + 1)
        log.close()
        let report = try ChildProgram.verify(path)
        #expect(report.ok && report.records == UInt64(records.count) + 1 && report.commits == 31)
    }

    @Test("many tasks share commits, and each gets positions of its own (LOG-1, LOG-2)")
    func groupCommit() async throws {
        let path = folder.log()
        let log = try EventLog.open(at: path)
        let ranges = try await withThrowingTaskGroup(of: [ClosedRange<UInt64>].self) { group in
            for task in 0..<64 {
                group.addTask {
                    var ranges: [ClosedRange<UInt64>] = []
                    for turn in 0..<20 {
                        let records = (0...turn % 3).map { Array("\(task) \(turn) \($0)".utf8) }
                        ranges.append(try await log.append(Step(records: records)))
                    }
                    return ranges
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        var next: UInt64 = 1
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            #expect(range.lowerBound == next)
            next = range.upperBound + 1
        }
        let starts = Set(ranges.map(\.lowerBound))
        for record in try log.read(from: 1, limit: .max) {
            #expect(record.beginsStep == starts.contains(record.sequence))
        }
        log.close()
        let report = try EventLogVerifier.verifyInProcess(path: path)
        #expect(report.ok && report.records == next - 1)
        #expect(report.commits < UInt64(ranges.count))
    }

    @Test("submitting gives the positions at once, and completions come in order when the step is durable")
    func submitting() throws {
        let log = try EventLog.open(at: folder.log())
        let completed = Locked<[ClosedRange<UInt64>]>([])
        var submitted: [ClosedRange<UInt64>] = []
        for index in 0..<500 {
            let step = Step(records: [[UInt8]](repeating: [1], count: index % 4 + 1))
            submitted.append(
                try log.submit(step) { result in
                    guard case .success(let range) = result else { return }
                    #expect(log.durableHead >= range.upperBound)
                    completed.withLock { $0.append(range) }
                })
            #expect(log.acceptedHead == submitted[index].upperBound)
        }
        log.close()
        #expect(completed.withLock { $0 } == submitted)
    }

    @Test("a map that is full grows without a gap (LOG-1)")
    func mapGrowth() async throws {
        let path = folder.log()
        var options = EventLog.Options()
        options.mapBytes = 1 << 20
        let log = try EventLog.open(at: path, options: options)
        let reader = try EventLog.openForReading(at: path)
        let step = Step(records: [[UInt8]](repeating: [UInt8](repeating: 5, count: 10_000), count: 20))
        for _ in 0..<40 {
            let range = try await log.append(step)
            #expect(try reader.read(from: range.lowerBound, limit: 100).count == 20)
        }
        log.close()
        reader.close()
        let report = try EventLogVerifier.verifyInProcess(path: path)
        #expect(report.ok && report.records == 800)
    }

    @Test("steps beyond the limits are refused, and take no position")
    func limits() async throws {
        var options = EventLog.Options()
        options.recordBytesLimit = 100
        options.blobBytesLimit = 50
        let log = try EventLog.open(at: folder.log(), options: options)
        await #expect(throws: EventLogError.emptyStep) { try await log.append(Step(records: [])) }
        await #expect(throws: EventLogError.recordTooLarge(bytes: 101, limit: 100)) {
            try await log.append(Step(records: [[UInt8](repeating: 0, count: 101)]))
        }
        await #expect(throws: EventLogError.blobTooLarge(bytes: 51, limit: 50)) {
            try await log.append(Step(records: [[1]], blobs: [[UInt8](repeating: 0, count: 51)]))
        }
        #expect(log.acceptedHead == 0)
    }

    @Test("a queue that is full refuses further steps, and recovers")
    func fullQueue() async throws {
        var options = EventLog.Options()
        options.queuedBytesLimit = 1000
        let log = try EventLog.open(at: folder.log(), options: options)
        let step = Step(records: [[UInt8](repeating: 0, count: 900)])
        let release = DispatchSemaphore(value: 0)
        try log.submit(step) { _ in release.wait() }
        // The writer is held in the completion, so what comes now waits.
        while log.durableHead == 0 { try await Task.sleep(nanoseconds: 1_000_000) }
        try log.submit(step) { _ in }
        let refusal = #expect(throws: EventLogError.self) { try log.submit(step) { _ in } }
        #expect(refusal == .queueFull(queuedBytes: 912, limit: 1000))
        release.signal()
        while log.durableHead < 2 { try await Task.sleep(nanoseconds: 1_000_000) }
        #expect(try await log.append(step) == 3...3)
    }

    @Test("a closed log refuses to append and to read (LOG-5)")
    func closedLog() async throws {
        let path = folder.log()
        let log = try EventLog.open(at: path)
        try await log.append(Step(records: [[1]]))
        log.close()
        log.close()
        await #expect(throws: EventLogError.closed(path: path)) { try await log.append(Step(records: [[1]])) }
        #expect(throws: EventLogError.closed(path: path)) { try log.head() }
        #expect(throws: EventLogError.closed(path: path)) { try log.blob(BlobDigest(of: [])) }
    }

    @Test("a log may be closed from a completion")
    func closingFromCompletion() async throws {
        let path = folder.log()
        let log = try EventLog.open(at: path)
        await withCheckedContinuation { continuation in
            do throws(EventLogError) {
                try log.submit(Step(records: [[1]])) { _ in
                    log.close()
                    continuation.resume()
                }
            } catch {
                Issue.record(error)
                continuation.resume()
            }
        }
        log.close()
        #expect(try EventLog.open(at: path).durableHead == 1)
    }

    @Test("a commit is acknowledged before it is marked, and marked before the next one")
    func mark() async throws {
        let files = LogFiles(folder: folder.log())
        let logID = LogID(bytes: [UInt8](1...16))
        let told = Locked<[UInt64]>([])
        let seen = Locked<[String]>([])
        var options = EventLog.Options(logID: logID)
        options.onCommitPoint = { point in
            guard [.begun, .acknowledged, .marked].contains(point) else { return }
            let mark = (try? AcknowledgedMark.read(files, logID: logID)) ?? .unreadable
            seen.withLock { $0.append("\(point): \(told.withLock { $0 }) \(mark)") }
        }
        let log = try EventLog.open(at: files.folder, options: options)
        for _ in 0..<2 {
            try log.submit(Step(records: [[1], [2]])) { result in
                if case .success(let range) = result { told.withLock { $0.append(range.upperBound) } }
            }
            _ = try await log.durable(through: log.acceptedHead)
        }
        log.close()
        #expect(
            seen.withLock { $0 } == [
                "begun: [] head(0)", "acknowledged: [2] head(0)", "marked: [2] head(2)",
                "begun: [2] head(2)", "acknowledged: [2, 4] head(2)", "marked: [2, 4] head(4)",
            ])
    }
}
