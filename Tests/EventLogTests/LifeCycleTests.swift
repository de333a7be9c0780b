import EventLog
import Foundation
import Testing

@Suite struct LifeCycleTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// A log with everything that a log can have.
    private func fullLog(_ name: String = "log", steps: Int = 40) async throws -> EventLog {
        let log = try EventLog.open(at: folder.log(name))
        for (index, sample) in sampleSteps(steps).enumerated() {
            var step = sample
            step.append(
                Array("\(index)".utf8), type: UInt16(index % 5), streams: [StreamID(UInt128(index % 7))])
            if index % 4 == 0 { step.key = Array("key \(index)".utf8) }
            if index % 6 == 0 { step.add(blob: Array("blob \(index / 12)".utf8)) }
            try await log.append(step)
        }
        return log
    }

    private func exported(
        _ reader: EventLogReader, _ format: ExportFormat, through last: UInt64 = .max
    ) throws -> (path: String, report: ExportReport) {
        let path = folder.log("export \(format.rawValue) \(last)")
        try Data().write(to: URL(fileURLWithPath: path))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        let report = try reader.export(
            format, through: last,
            describe: { record in
                RecordDescription(
                    type: "type_\(record.type)", json: "{\"bytes\":\(record.payload.byteCount)}")
            },
            write: { try file.write(contentsOf: Data($0)) })
        return (path, report)
    }

    @Test("a backup of a log that is being written is compact, verified, and has the same chain")
    func backup() async throws {
        let log = try await fullLog()
        try log.reader.fold(ByteSum.self, through: 30).save(in: log.reader)
        let head = log.durableHead
        let writing = Task {
            for byte: UInt8 in 0..<50 { try await log.append(Step(records: [[byte]])) }
        }
        let report = try log.reader.backUp(to: folder.log("backup/deep/"))
        try await writing.value
        #expect(report.ok && report.records >= head && report.snapshots == 1)
        let copy = try EventLog.open(at: folder.log("backup/deep"))
        let records = try copy.read(from: 1, limit: .max)
        #expect(records == (try log.read(from: 1, limit: records.count)))
        #expect(copy.logID == log.logID)
        #expect(
            try copy.reader.read(stream: StreamID(3), limit: 3)
                == log.reader.read(stream: StreamID(3), limit: 3))
        // The copy goes on by itself, and remembers keys.
        var step = Step(records: [[1]])
        step.key = Array("key 8".utf8)
        #expect(try await copy.append(step).upperBound < 40)
        #expect(try await copy.append(Step(records: [[1]])).lowerBound == UInt64(records.count) + 1)
        copy.close()
        #expect(try ChildProgram.verify(folder.log("backup/deep")).ok)
        #expect(throws: EventLogError.alreadyExists(path: folder.log("backup"))) {
            try log.reader.backUp(to: folder.log("backup"))
        }
    }

    @Test("a backup of a damaged log fails, and leaves nothing at its place")
    func damagedBackup() async throws {
        let log = try await fullLog()
        log.close()
        // Also where it stood in earlier transactions.
        #expect(try replace(Array("second of 9".utf8), by: Array("second of 8".utf8), in: folder.log()) > 0)
        let reader = try EventLog.openForReading(at: folder.log())
        #expect(throws: EventLogError.self) { try reader.backUp(to: folder.log("backup")) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["log"])
        reader.close()
    }

    @Test(
        "what is exported in any format is imported with the same records and the same chain",
        arguments: ExportFormat.allCases)
    func roundTrip(format: ExportFormat) async throws {
        let log = try await fullLog()
        let (path, report) = try exported(log.reader, format)
        #expect(report.records == log.durableHead && report.blobs == 4)
        let imported = try EventLog.importLog(from: [path], to: folder.log("imported"))
        let original = try EventLogVerifier.verifyInProcess(path: folder.log())
        #expect(imported.ok && imported.chain == original.chain && imported.chain == report.chain)
        let copy = try EventLog.openForReading(at: folder.log("imported"))
        #expect(try copy.read(from: 1, limit: .max) == log.read(from: 1, limit: .max))
        #expect(try copy.blob(BlobDigest(of: Array("blob 2".utf8))) == Array("blob 2".utf8))
        // An export of the import is the same file.
        let again = try exported(copy, format, through: 9999)
        #expect(FileManager.default.contentsEqual(atPath: path, andPath: again.path))
        copy.close()
    }

    @Test("exports are what their formats say: JSON lines and CloudEvents 1.0")
    func readable() async throws {
        let log = try await fullLog(steps: 3)
        func objects(_ format: ExportFormat) throws -> [[String: Any]] {
            try String(contentsOfFile: exported(log.reader, format).path, encoding: .utf8).split(
                separator: "\n"
            ).map {
                try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
            }
        }
        let lines = try objects(.jsonl)
        #expect(lines.first?["log_id"] as? String == log.logID.description)
        #expect(lines.filter { $0["item"] as? String == "record" }.count == Int(log.durableHead))
        #expect(lines.allSatisfy { $0["raw"] is String })
        let events = try objects(.cloudevents)
        for event in events {
            #expect(event["specversion"] as? String == "1.0")
            #expect(event["source"] as? String == "urn:weir:log:\(log.logID)")
            #expect(event["id"] is String && event["type"] is String && event["data"] is [String: Any])
            // Attribute names consist of lower-case letters and digits (CloudEvents 1.0, "Attribute Naming Convention").
            #expect(event.keys.allSatisfy { $0.allSatisfy { $0.isLowercase || $0.isNumber } })
            let time = try #require(event["time"] as? String)
            #expect(time.count == 30 && time.hasSuffix("Z"))
        }
        #expect(Set(events.compactMap { $0["id"] as? String }).count == events.count)
        #expect(events.contains { $0["type"] as? String == "weir.v1.type_1" })
    }

    @Test("an export that was changed or cut short anywhere is refused, and nothing is left")
    func damagedExport() async throws {
        let log = try await fullLog(steps: 4)
        for format in ExportFormat.allCases {
            let sound = try Data(contentsOf: URL(fileURLWithPath: exported(log.reader, format).path))
            let path = folder.log("damaged")
            var silent = 0
            let positions = stride(from: 0, to: sound.count, by: format == .protobuf ? 7 : 101)
            for position in positions {
                var damaged = sound
                damaged[position] ^= 0x04
                try damaged.write(to: URL(fileURLWithPath: path))
                do {
                    let report = try EventLog.importLog(from: [path], to: folder.log("imported"))
                    // Only what is for readers, and not taken for the import, may change.
                    #expect(format != .protobuf, "byte \(position)")
                    #expect(report.chain == (try EventLogVerifier.verifyInProcess(path: folder.log()).chain))
                    try FileManager.default.removeItem(atPath: folder.log("imported"))
                    silent += 1
                } catch is EventLogError {
                    #expect(!FileManager.default.fileExists(atPath: folder.log("imported")))
                }
            }
            #expect(silent * 10 < Array(positions).count * 7)
            for count in [0, 1, 40, sound.count / 2, sound.count - 2] {
                try sound.prefix(count).write(to: URL(fileURLWithPath: path))
                #expect(throws: EventLogError.self, "\(format) cut after \(count)") {
                    try EventLog.importLog(from: [path], to: folder.log("imported"))
                }
            }
        }
        #expect(!FileManager.default.fileExists(atPath: folder.log("imported.partial")))
    }

    @Test(
        "records that are retired while a log is verified are not missed (LOG-4)", arguments: [1, 200, 500])
    func retiredWhileVerified(commits: UInt64) async throws {
        let log = try await fullLog(steps: 900)
        defer { log.close() }
        let position = try log.reader.commitEnd(atOrBefore: log.durableHead / 2)
        try log.reader.fold(ByteSum.self, through: position).save(in: log.reader)
        var retirement: Result<LogArchive, any Error>?
        let report = try EventLogVerifier.verifyInProcess(path: folder.log()) { progress in
            if retirement == nil, progress.commits >= commits {
                retirement = Result { try log.retire(through: position) }
            }
        }
        #expect(try retirement?.get().last == position)
        #expect(report.ok && report.lastGood == log.durableHead, "\(report)")
    }

    // With 900 steps the log has 2,100 records, so that a part of them is in the index.
    @Test(
        "what is retired moves to a sealed archive; the rest verifies, folds and goes on (LOG-1, CORE-3)",
        arguments: [40, 900])
    func retention(steps: Int) async throws {
        let log = try await fullLog(steps: steps)
        let before = try log.read(from: 1, limit: .max)
        let whole = try log.reader.fold(ByteSum.self, usesSnapshots: false)
        let blob = Array("blob 0".utf8)
        for fraction in [UInt64(3), 2] {
            let position = try log.reader.commitEnd(atOrBefore: log.durableHead / fraction)
            #expect(throws: EventLogError.self) { try log.retire(through: position - 1) }
            #expect(throws: EventLogError.self) { try log.retire(through: position) }
            try log.reader.fold(ByteSum.self, through: position).save(in: log.reader)
            let archive = try log.retire(through: position)
            #expect(archive.last == position)
            #expect(try LogArchive.verify(archive.path).chain == archive.chain)
            #expect(try log.reader.base() == position)
            #expect(throws: EventLogError.retired(path: folder.log(), sequence: 1, first: position + 1)) {
                try log.read(from: 1, limit: 1)
            }
            #expect(try log.read(from: 0, limit: .max) == Array(before[Int(position)...]))
            let stream = before.filter { $0.sequence > position && $0.streams.contains(StreamID(2)) }
            #expect(try log.reader.read(stream: StreamID(2), limit: .max) == stream)
            let report = try ChildProgram.verify(folder.log())
            #expect(report.ok && report.base == position && report.orphanedBlobs.isEmpty, "\(report)")
            #expect(try log.reader.fold(ByteSum.self).fold.sum == whole.fold.sum)
            #expect(try log.reader.fold(ByteSum.self, usesSnapshots: false).fold.sum == whole.fold.sum)
        }
        #expect(throws: EventLogError.blobMissing(BlobDigest(of: blob))) {
            try log.blob(BlobDigest(of: blob))
        }
        #expect(try await log.append(Step(records: [[1]])) == (whole.position + 1)...(whole.position + 1))
        log.close()
        let reopened = try EventLog.open(at: folder.log())
        #expect(try await reopened.append(Step(records: [[2]])).lowerBound == whole.position + 2)
        let final = try EventLogVerifier.verifyInProcess(path: folder.log())
        #expect(final.ok && final.archives == 2)
        // The archives and the rest make the whole log again.
        let archives = try FileManager.default.contentsOfDirectory(atPath: folder.log() + "/archives")
            .sorted()
            .map { folder.log() + "/archives/" + $0 }
        let rest = try exported(reopened.reader, .jsonl).path
        let joined = try EventLog.importLog(from: archives + [rest], to: folder.log("joined"))
        #expect(joined.ok && joined.base == 0 && joined.chain == final.chain)
        #expect(throws: EventLogError.self) {
            try EventLog.importLog(from: [archives[0], rest], to: folder.log("gap"))
        }
        // A backup of the rest is complete too.
        let backup = try reopened.reader.backUp(to: folder.log("backup"))
        #expect(backup.ok && backup.archives == 2 && backup.base == final.base)
    }

    /// Ends a copy of the log's folder at a point: what a process leaves that ends there.
    private func leftovers(
        at point: LifeCyclePoint, of body: (EventLog) throws -> Void
    ) async throws -> String {
        let (path, copy) = (folder.log(), folder.log("left at \(point.rawValue)"))
        try await fullLog().close()
        var options = EventLog.Options()
        options.onLifeCyclePoint = { reached in
            // A copy of the data file is whole only between transactions, so those points are left to the kills.
            if reached == point { try? FileManager.default.copyItem(atPath: path, toPath: copy) }
        }
        let log = try EventLog.open(at: path, options: options)
        try body(log)
        log.close()
        return copy
    }

    private func retireHalf(_ log: EventLog) throws {
        let position = try log.reader.commitEnd(atOrBefore: log.durableHead / 2)
        for snapshot in [position - 9, position] {
            try log.reader.fold(ByteSum.self, through: snapshot).save(in: log.reader)
        }
        _ = try log.retire(through: position)
    }

    @Test(
        "a retirement that was cut short leaves a sound log, and the next writer tidies up",
        arguments: [
            LifeCyclePoint.snapshotPlaced, .archiveWritten, .archivePlaced, .retirementCommitted,
            .retiredBlobsRemoved,
        ])
    func cutShort(point: LifeCyclePoint) async throws {
        let path = try await leftovers(at: point, of: retireHalf)
        #expect(try EventLogVerifier.verifyInProcess(path: path).ok)
        let log = try EventLog.open(at: path)
        let base = try log.reader.base()
        #expect((base > 0) == (point == .retirementCommitted || point == .retiredBlobsRemoved))
        #expect(try log.reader.fold(ByteSum.self).position == log.durableHead)
        let archives = (try? FileManager.default.contentsOfDirectory(atPath: path + "/archives")) ?? []
        #expect(archives.allSatisfy { $0.hasSuffix(".weirlog") })
        let snapshots = try FileManager.default.contentsOfDirectory(atPath: path + "/snapshots/byte-sum")
        #expect(snapshots.allSatisfy { UInt64($0.suffix(20)).map { $0 >= base } ?? false })
    }

    @Test("an unfinished snapshot of a killed process is removed by the next writer")
    func unfinishedSnapshot() async throws {
        let log = try await fullLog()
        try log.reader.fold(ByteSum.self).save(in: log.reader)
        log.close()
        let snapshots = folder.log() + "/snapshots/byte-sum"
        let sound = try FileManager.default.contentsOfDirectory(atPath: snapshots)
        try Data([1]).write(to: URL(fileURLWithPath: snapshots + "/\(sound[0]).new-7"))
        try EventLog.open(at: folder.log()).close()
        #expect(try FileManager.default.contentsOfDirectory(atPath: snapshots) == sound)
    }

    @Test("records are not retired on the word of a damaged snapshot")
    func damagedSnapshot() async throws {
        let log = try await fullLog()
        let position = try log.reader.commitEnd(atOrBefore: 20)
        try log.reader.fold(ByteSum.self, through: position).save(in: log.reader)
        let snapshots = folder.log() + "/snapshots/byte-sum"
        let name = try #require(FileManager.default.contentsOfDirectory(atPath: snapshots).first)
        try Data([1]).write(to: URL(fileURLWithPath: snapshots + "/" + name))
        #expect(throws: EventLogError.self) { try log.retire(through: position) }
        #expect(try log.reader.base() == 0)
    }

    @Test("a blob that a step refers to again while its first step is retired stays")
    func blobReferredToAgain() async throws {
        let content = Array("blob 0".utf8)
        let log = Locked<EventLog?>(nil)
        try await fullLog().close()
        var options = EventLog.Options()
        options.onLifeCyclePoint = { point in
            guard point == .retirementCommitted, let log = log.withLock({ $0 }) else { return }
            let isDurable = DispatchSemaphore(value: 0)
            _ = try? log.submit(Step(records: [[1]], blobs: [content])) { _ in isDurable.signal() }
            isDurable.wait()
        }
        let opened = try EventLog.open(at: folder.log(), options: options)
        log.withLock { $0 = opened }
        try retireHalf(opened)
        #expect(try opened.blob(BlobDigest(of: content)) == content)
        #expect(throws: EventLogError.self) { try opened.blob(BlobDigest(of: Array("blob 1".utf8))) }
        log.withLock { $0 = nil }
    }

    @Test("what is indexed while its first records are retired can still be found")
    func indexedMeanwhile() async throws {
        let log = Locked<EventLog?>(nil)
        try await fullLog().close()
        var options = EventLog.Options()
        options.onLifeCyclePoint = { point in
            guard point == .archivePlaced, let log = log.withLock({ $0 }) else { return }
            let isDurable = DispatchSemaphore(value: 0)
            var step = Step()
            for number in 0..<1100 { step.append([1], streams: [StreamID(UInt128(number % 7))]) }
            _ = try? log.submit(step) { _ in isDurable.signal() }
            isDurable.wait()
        }
        let opened = try EventLog.open(at: folder.log(), options: options)
        log.withLock { $0 = opened }
        try retireHalf(opened)
        let records = try opened.read(from: 0, limit: .max).filter { $0.streams.contains(StreamID(2)) }
        #expect(try opened.reader.read(stream: StreamID(2), limit: .max) == records)
        let report = try EventLogVerifier.verifyInProcess(path: folder.log())
        #expect(report.ok, "\(report)")
        log.withLock { $0 = nil }
    }

    @Test("two retirements at once take place one after the other")
    func retirementsAtOnce() async throws {
        let log = try await fullLog()
        let positions = try [30, 15].map { try log.reader.commitEnd(atOrBefore: $0) }
        for position in positions {
            try log.reader.fold(ByteSum.self, through: position).save(in: log.reader)
        }
        await withTaskGroup(of: Void.self) { group in
            for position in positions { group.addTask { _ = try? log.retire(through: position) } }
        }
        #expect(try log.reader.base() == positions[0])
        let report = try EventLogVerifier.verifyInProcess(path: folder.log())
        #expect(report.ok && report.records == log.durableHead - positions[0], "\(report)")
    }

    @Test("snapshots that are saved during a retirement leave the one at the new base")
    func snapshotsDuringRetirement() async throws {
        let log = Locked<EventLog?>(nil)
        try await fullLog().close()
        var options = EventLog.Options()
        options.onLifeCyclePoint = { point in
            guard point == .archivePlaced, let reader = log.withLock({ $0?.reader }) else { return }
            guard let head = try? reader.head() else { return }
            for position in (head - 4)...head {
                try? reader.fold(ByteSum.self, through: position).save(in: reader)
            }
        }
        let opened = try EventLog.open(at: folder.log(), options: options)
        log.withLock { $0 = opened }
        try retireHalf(opened)
        #expect(try opened.reader.fold(ByteSum.self, usesSnapshots: false).position == opened.durableHead)
        log.withLock { $0 = nil }
    }

    @Test("an archive that was changed is found by verify (LOG-4)")
    func damagedArchive() async throws {
        let log = try await fullLog()
        let position = try log.reader.commitEnd(atOrBefore: 20)
        try log.reader.fold(ByteSum.self, through: position).save(in: log.reader)
        let path = try log.retire(through: position).path
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        bytes[bytes.count / 2] ^= 1
        try bytes.write(to: URL(fileURLWithPath: path))
        let report = try EventLogVerifier.verifyInProcess(path: folder.log())
        #expect(report.problem?.contains(path) == true && report.firstBad == nil)
    }

    @Test("missing, altered and orphaned blobs are told apart by verify")
    func blobs() async throws {
        let log = try await fullLog()
        log.close()
        func file(_ digest: BlobDigest) -> URL {
            URL(fileURLWithPath: folder.log() + "/blobs/\(digest.description.prefix(2))/\(digest)")
        }
        let (lost, altered) = (BlobDigest(of: Array("blob 1".utf8)), BlobDigest(of: Array("blob 2".utf8)))
        let orphan = Array("nobody's".utf8)
        try FileManager.default.createDirectory(
            at: file(BlobDigest(of: orphan)).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(orphan).write(to: file(BlobDigest(of: orphan)))
        #expect(try ChildProgram.verify(folder.log()).ok)
        try FileManager.default.removeItem(at: file(lost))
        try Data([1]).write(to: file(altered))
        let report = try ChildProgram.verify(folder.log())
        #expect(!report.ok && report.firstBad == nil)
        #expect(report.missingBlobs == [lost] && report.alteredBlobs == [altered])
        #expect(report.orphanedBlobs == [BlobDigest(of: orphan)])
    }

    @Test("statistics count what is there")
    func statistics() async throws {
        let log = try await fullLog()
        let statistics = try log.reader.statistics()
        let records = try log.read(from: 1, limit: .max)
        #expect(statistics.records == log.durableHead && statistics.steps == 40 && statistics.commits == 40)
        #expect(statistics.payloadBytes == records.reduce(0) { $0 + UInt64($1.bytes.count) })
        #expect(statistics.types.reduce(0) { $0 + $1.records } == statistics.records)
        #expect(statistics.types.first?.type == 0)
        #expect(statistics.commitRecords.max == 3 && statistics.commitRecords.p50 == 2)
        #expect(statistics.commitNanoseconds.p50 > 0)
        #expect(statistics.blobs == 4 && statistics.blobBytes == 24)
        #expect(statistics.fileBytes >= statistics.usedBytes && statistics.usedBytes > statistics.storedBytes)
    }

    @Test("a log can be read where nothing can be written, unless somebody writes it")
    func readOnly() async throws {
        let log = try await fullLog()
        let path = folder.log()
        let child = try Child(["read-as-nobody", path])
        #expect(child.line() == "refused \(getpid())")
        child.finish()
        log.close()
        let records = try Child(["read-as-nobody", path]).lines()
        #expect(records == ["read \(try EventLog.openForReading(at: path).head())"])
    }
}
