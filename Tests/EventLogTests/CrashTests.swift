import EventLog
import Foundation
import Testing

@Suite struct CrashTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test(
        "nothing acknowledged is lost and nothing is torn when the writer is killed, time and again (LOG-2, LOG-3)"
    )
    func killedWriter() throws {
        let path = folder.log()
        var acknowledged: UInt64 = 0
        for round in 0..<8 {
            let child = try Child(["append", path])
            // First some acknowledgements, so that the kill comes while commits are under way.
            for _ in 0..<(20 + 60 * round) {
                let line = try #require(child.line())
                acknowledged = max(acknowledged, Child.lastNumber([line]))
            }
            acknowledged = max(acknowledged, Child.lastNumber(child.kill9()))
            let reader = try EventLog.openForReading(at: path)
            defer { reader.close() }
            #expect(try reader.head() >= acknowledged)
            try expectWholeSteps(reader)
            let report = try ChildProgram.verify(path)
            let head = try reader.head()
            #expect(report.ok, "\(report)")
            #expect(report.records == head)
        }
        #expect(acknowledged > 200)
    }

    /// Every record of the appending child says where its step begins, how long that is, and which one it is.
    private func expectWholeSteps(_ reader: EventLogReader) throws {
        var first: UInt64 = 1
        var count = 0
        var index = 0
        try reader.scan(from: 1) { record in
            let sequence = record.sequence
            if index == count {
                first = sequence
                count = Int(first % 5) + 1
                index = 0
            }
            let text = record.payload.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
            #expect(text == "\(first):\(count):\(index)")
            #expect(record.beginsStep == (index == 0))
            index += 1
            if record.beginsStep, first % 50 == 0 {
                let blob = Array("blob of \(first)".utf8)
                let stored = try reader.blob(BlobDigest(of: blob))
                #expect(stored == blob)
            }
        }
        #expect(index == count)
    }

    @Test(
        "a full disk stops the writer with one error; what was acknowledged is there, and the log goes on (LOG-3)"
    )
    func fullDisk() async throws {
        let path = folder.log()
        let child = try Child(["limited", path, "400000"])
        var lines = child.lines()
        #expect(child.process.terminationStatus == 0)
        let last = lines.popLast()
        let refusal = try #require(last)
        let acknowledged = Child.lastNumber(lines)
        #expect(refusal == "refused at \(acknowledged)")
        #expect(acknowledged > 10)
        let log = try EventLog.open(at: path)
        #expect(log.durableHead >= acknowledged)
        let head = log.durableHead
        #expect(try await log.append(Step(records: [[1]])) == (head + 1)...(head + 1))
        log.close()
        let report = try ChildProgram.verify(path)
        #expect(report.ok && report.records == head + 1)
    }

    @Test("an unfinished blob of a killed writer is removed by the next one")
    func unfinishedBlob() async throws {
        let path = folder.log()
        let content: [UInt8] = [1, 2, 3]
        try await makeLog(at: path, [Step(records: [[1]], blobs: [content])])
        let unfinished = path + "/blobs/.new-\(BlobDigest(of: [9]))"
        try Data([9]).write(to: URL(fileURLWithPath: unfinished))
        let log = try EventLog.open(at: path)
        #expect(!FileManager.default.fileExists(atPath: unfinished))
        #expect(try log.blob(BlobDigest(of: content)) == content)
    }
}
