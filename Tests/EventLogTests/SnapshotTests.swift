import EventLog
import Foundation
import Testing

/// Sums up all bytes of all records.
struct ByteSum: LogFold {
    static let name = "byte-sum"
    static let version: UInt32 = 2
    var sum: UInt64 = 0

    init() {}
    init(canonicalBytes: [UInt8]) throws {
        guard let sum = UInt64(String(decoding: canonicalBytes, as: UTF8.self)) else { throw Unreadable() }
        self.sum = sum
    }
    func canonicalBytes() -> [UInt8] { Array("\(sum)".utf8) }
    mutating func apply(_ record: borrowing RecordView) {
        record.payload.withUnsafeBytes { for byte in $0 { sum += UInt64(byte) } }
    }

    struct Unreadable: Error {}
}

@Suite struct SnapshotTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func log(_ steps: Int = 30) async throws -> EventLog {
        let log = try EventLog.open(at: folder.log())
        for step in sampleSteps(steps) { try await log.append(step) }
        return log
    }

    private func file(_ position: UInt64, version: UInt32 = 2) -> URL {
        func digits(_ number: UInt64, _ width: Int) -> String {
            String(repeating: "0", count: width - "\(number)".count) + "\(number)"
        }
        return URL(
            fileURLWithPath: folder.log()
                + "/snapshots/byte-sum/\(digits(UInt64(version), 10))-\(digits(position, 20))")
    }

    @Test("snapshot and tail give what the full fold gives, from every position (CORE-3)")
    func everyPosition() async throws {
        let log = try await log()
        let whole = try log.reader.fold(ByteSum.self, usesSnapshots: false)
        for position in 1...log.durableHead {
            try log.reader.fold(ByteSum.self, through: position, usesSnapshots: false).save(in: log.reader)
            let folded = try log.reader.fold(ByteSum.self)
            #expect(folded.snapshotPosition == position && folded.position == log.durableHead)
            #expect(folded.fold.sum == whole.fold.sum)
        }
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: file(1).deletingLastPathComponent().path)
                .count == 3)
    }

    @Test("a snapshot of another version is passed over, and a damaged one is reported")
    func unusable() async throws {
        let log = try await log()
        try log.reader.save(Snapshot(fold: "byte-sum", version: 1, position: 20, bytes: [1]))
        for position in [UInt64(8), 12] {
            try log.reader.fold(ByteSum.self, through: position).save(in: log.reader)
        }
        let whole = try log.reader.fold(ByteSum.self, usesSnapshots: false).fold.sum
        #expect(try log.reader.fold(ByteSum.self).snapshotPosition == 12)
        for offset in [0, 15, 40, 50, 90, 124] {
            let sound = try Data(contentsOf: file(12))
            var damaged = sound
            damaged[offset] ^= 1
            try damaged.write(to: file(12))
            let folded = try log.reader.fold(ByteSum.self)
            #expect(folded.snapshotPosition == 8 && folded.fold.sum == whole)
            #expect(folded.problems.map(\.path) == [file(12).path])
            let report = try EventLogVerifier.verifyInProcess(path: folder.log())
            #expect(report.problem?.contains("snapshot") == true && report.firstBad == nil)
            try sound.write(to: file(12))
        }
        #expect(try EventLogVerifier.verifyInProcess(path: folder.log()).snapshots == 3)
    }

    @Test("a snapshot of another history of the same log is reported and not used")
    func otherHistory() async throws {
        let log = try await log(10)
        log.close()
        try FileManager.default.copyItem(atPath: folder.log(), toPath: folder.log("copy"))
        let copy = try EventLog.open(at: folder.log("copy"))
        for byte: UInt8 in 1...9 { try await copy.append(Step(records: [[byte]])) }
        try copy.reader.fold(ByteSum.self).save(in: copy.reader)
        copy.close()
        try FileManager.default.moveItem(
            atPath: folder.log("copy") + "/snapshots", toPath: folder.log() + "/snapshots")
        let original = try EventLog.open(at: folder.log())
        #expect(try original.reader.fold(ByteSum.self).problems.count == 1)
        for byte: UInt8 in 11...19 { try await original.append(Step(records: [[byte]])) }
        let folded = try original.reader.fold(ByteSum.self)
        #expect(folded.snapshotPosition == 0)
        #expect(folded.problems.first?.problem == "the log had another history when it was taken")
    }

    @Test("snapshots that cannot be of the log are refused")
    func refused() async throws {
        let log = try await log(3)
        for snapshot in [
            Snapshot(fold: "no/name", version: 1, position: 1, bytes: []),
            Snapshot(fold: "name", version: 1, position: 99, bytes: []),
        ] {
            #expect(throws: EventLogError.self) { try log.reader.save(snapshot) }
        }
    }

    @Test("a projection follows its log, keeps checkpoints, and is rebuilt while it answers")
    func projection() async throws {
        let log = try await log()
        let projection = try LiveProjection<ByteSum>(log.reader, checkpointInterval: 10)
        let following = Task { try await projection.run() }
        for step in sampleSteps(30) { try await log.append(step) }
        while projection.position < log.durableHead { await Task.yield() }
        let whole = try log.reader.fold(ByteSum.self, usesSnapshots: false)
        #expect(
            projection.read { fold, position in "\(fold.sum) \(position)" }
                == "\(whole.fold.sum) \(whole.position)")
        #expect(try log.reader.fold(ByteSum.self).snapshotPosition > 0)
        var answers = 0
        try projection.rebuild { _ in answers += projection.read { fold, _ in fold.sum > 0 ? 1 : 0 } }
        #expect(projection.read { fold, _ in fold.sum } == whole.fold.sum)
        #expect(try log.reader.fold(ByteSum.self).snapshotPosition == log.durableHead)
        log.close()
        try await following.value
    }
}
