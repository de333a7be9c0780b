import EventLog
import Foundation
import Testing

@Suite struct CrashTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
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
