import EventLog
import Foundation
import Testing

@Suite struct OpeningTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("reading what is not there is refused, and creates nothing")
    func reading() throws {
        let missing = folder.log("missing")
        #expect(throws: EventLogError.notFound(path: missing)) { try EventLog.openForReading(at: missing) }
        #expect(throws: EventLogError.notFound(path: missing)) {
            try EventLogVerifier.verifyInProcess(path: missing)
        }
        #expect(throws: EventLogError.notFound(path: missing)) { try ChildProgram.verify(missing) }
        #expect(!FileManager.default.fileExists(atPath: missing))

        #expect(throws: EventLogError.notALog(path: folder.path, reason: "it holds no data.mdb")) {
            try EventLog.openForReading(at: folder.path)
        }
        #expect(throws: EventLogError.notALog(path: folder.path, reason: "it holds no data.mdb")) {
            try ChildProgram.verify(folder.path)
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == [])
    }

    @Test("a data file that is not LMDB's is refused for reading and writing, and left as it is")
    func foreignFile() throws {
        let content = Data("something else, and long enough to hold two pages".utf8)
        let path = folder.path
        try content.write(to: URL(fileURLWithPath: path + "/data.mdb"))
        let refusal = EventLogError.notALog(path: path, reason: "its data.mdb was not written by LMDB")
        #expect(throws: refusal) { try EventLog.openForReading(at: path) }
        #expect(try FileManager.default.contentsOfDirectory(atPath: path) == ["data.mdb"])
        #expect(throws: refusal) { try EventLog.open(at: path) }
        #expect(FileManager.default.contents(atPath: path + "/data.mdb") == content)
    }

    @Test("a file in place of the folder is refused")
    func fileAsFolder() throws {
        let path = folder.log("file")
        try Data().write(to: URL(fileURLWithPath: path))
        #expect(throws: EventLogError.notALog(path: path, reason: "it is a file")) {
            try EventLog.open(at: path)
        }
        #expect(throws: EventLogError.notALog(path: path, reason: "it is a file")) {
            try EventLog.openForReading(at: path)
        }
    }

    @Test("a creation that was cut short before its first commit is taken up by the next writer")
    func unfinishedCreation() async throws {
        let path = folder.path
        try Data().write(to: URL(fileURLWithPath: path + "/data.mdb"))
        #expect(throws: EventLogError.self) { try EventLog.openForReading(at: path) }
        #expect(try await makeLog(at: path, sampleSteps(2)).count == 3)
    }

    @Test("a log of a newer format is refused with both formats named")
    func newerFormat() async throws {
        let path = folder.log()
        try await makeLog(at: path, sampleSteps(1))
        // The value follows its key in the node, as a little-endian integer.
        var data = try Data(contentsOf: URL(fileURLWithPath: path + "/data.mdb"))
        var from = data.startIndex
        while let key = data.range(of: Data("format\u{4}\0\0\0".utf8), in: from..<data.endIndex) {
            data[key.upperBound - 4] = 9
            from = key.upperBound
        }
        #expect(from > data.startIndex)
        try data.write(to: URL(fileURLWithPath: path + "/data.mdb"))
        let refusal = EventLogError.newerFormat(path: path, found: 9, supported: 4)
        #expect(throws: refusal) { try EventLog.openForReading(at: path) }
        #expect(throws: refusal) { try EventLog.open(at: path) }
    }

    @Test("a second writer is refused in the same process (LOG-5)")
    func secondWriterInProcess() async throws {
        let path = folder.log()
        let log = try EventLog.open(at: path)
        #expect(throws: EventLogError.writerOpenInProcess(path: path)) { try EventLog.open(at: path) }
        let alias = folder.log("alias")
        try FileManager.default.createSymbolicLink(atPath: alias, withDestinationPath: path)
        #expect(throws: EventLogError.writerOpenInProcess(path: alias)) { try EventLog.open(at: alias) }
        try await log.append(Step(records: [[1]]))
        log.close()
        try EventLog.open(at: alias).close()
    }

    @Test("a second writer is refused with the process id of the first, until that is gone (LOG-5)")
    func secondWriterElsewhere() throws {
        let path = folder.log()
        let child = try Child(["hold", path])
        #expect(child.line() == "holding 0")
        #expect(throws: EventLogError.heldByWriter(path: path, pid: child.process.processIdentifier)) {
            try EventLog.open(at: path)
        }
        let reader = try EventLog.openForReading(at: path)
        #expect(try reader.head() == 0)
        _ = child.kill9()
        try EventLog.open(at: path).close()
    }

    @Test("a writer whose lock file was taken away cannot commit after another one has (LOG-5)")
    func fencedWriter() async throws {
        let path = folder.log()
        let log = try EventLog.open(at: path)
        try await log.append(Step(records: [[1]]))
        try FileManager.default.removeItem(atPath: path + "/writer.lock")
        #expect(try Child(["once", path]).lines() == ["appended 2"])
        let refusal = EventLogError.writingFailed(path: path, cause: .fenced(path: path))
        await #expect(throws: refusal) { try await log.append(Step(records: [[2]])) }
        await #expect(throws: refusal) { try await log.append(Step(records: [[3]])) }
        #expect(log.durableHead == 1)
        log.close()
        let reader = try EventLog.openForReading(at: path)
        #expect(try reader.read(from: 1, limit: 10).map(\.bytes) == [[1], Array("once".utf8)])
        reader.close()
        #expect(try ChildProgram.verify(path).ok)
    }

    @Test("readers and the writer of a process share one environment, in any order of opening and closing")
    func sharing() async throws {
        let path = folder.log()
        try await makeLog(at: path, sampleSteps(3))
        let first = try EventLog.openForReading(at: path)
        let log = try EventLog.open(at: path)
        let second = try EventLog.openForReading(at: path)
        let added = try await log.append(Step(records: [[1]])).upperBound
        #expect(try first.head() == added)
        first.close()
        #expect(throws: EventLogError.closed(path: path)) { try first.head() }
        #expect(try second.head() == added)
        log.close()
        #expect(try second.head() == added)
        // A reader that LMDB's reader table had lost would not see what another process appends.
        #expect(try Child(["once", path]).lines() == ["appended \(added + 1)"])
        #expect(try second.head() == added + 1)
        let next = try EventLog.open(at: path)
        #expect(try await next.append(Step(records: [[2]])) == (added + 2)...(added + 2))
        #expect(try second.head() == added + 2)
    }

    @Test("a writer refuses a log that ends before what was acknowledged, and says how to go on (LOG-3)")
    func lostTail() async throws {
        let path = folder.log()
        let data = URL(fileURLWithPath: path + "/data.mdb")
        try await makeLog(at: path, sampleSteps(4))
        let older = try Data(contentsOf: data)
        let log = try EventLog.open(at: path)
        try await log.append(Step(records: [[1]]))
        log.close()
        try older.write(to: data)
        let refusal = #expect(throws: EventLogError.self) { try EventLog.open(at: path) }
        guard case .damaged(_, 7, _) = refusal else {
            Issue.record("refused with \(String(describing: refusal))")
            return
        }
        let report = try ChildProgram.verify(path)
        #expect(report.firstBad == 7 && report.lastGood == 6)
        try FileManager.default.removeItem(atPath: path + "/acknowledged")
        #expect(try EventLog.open(at: path).durableHead == 6)
    }

    @Test("every error says what failed")
    func descriptions() {
        let digest = BlobDigest(of: [])
        let errors: [(EventLogError, String)] = [
            (.heldByWriter(path: "/x", pid: 12), "process 12"), (.closed(path: "/x"), "/x"),
            (.damaged(path: "/x", sequence: 5, problem: "why"), "at record 5: why"),
            (.blobMissing(digest), digest.description), (.queueFull(queuedBytes: 7, limit: 6), "7 bytes"),
            (.system(operation: "fsync", path: "/x", errno: ENOSPC), "No space left"),
            (.writingFailed(path: "/x", cause: .fenced(path: "/y")), "/y"),
            (.newerFormat(path: "/x", found: 3, supported: 1), "format 3"),
        ]
        for (error, part) in errors { #expect(error.description.contains(part)) }
    }
}
