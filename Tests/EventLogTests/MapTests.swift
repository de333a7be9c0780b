import Testing

@testable import EventLog

@Suite struct MapTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a reader with a small map follows a log that another process makes larger")
    func resizedMap() async throws {
        let path = folder.log()
        try await makeLog(at: path, sampleSteps(1))
        let files = LogFiles(folder: path)
        let identity = try #require(try FileIdentity(of: files.data))
        let opened = try EnvironmentOpening(files: files, mapBytes: 1 << 20).openForReading()
        let environment = Environment(files: files, identity: identity, opened: opened)
        defer { environment.close() }
        #expect(try environment.read { transaction throws(EventLogError) in try transaction.head() } == 2)
        let lines = try Child(["limited", path, "3000000"]).lines()
        let acknowledged = Child.lastNumber(lines)
        #expect(acknowledged > 1000)
        let page = try environment.read { transaction throws(EventLogError) in
            try transaction.page(from: acknowledged - 9, limit: 10)
        }
        #expect(page.entries.count == 10)
    }

    @Test("a system that refuses a large map gets a smaller one")
    func smallAddressSpace() async throws {
        let path = folder.log()
        #expect(try Child(["cramped", path]).lines() == ["appended 1"])
        #expect(try EventLog.open(at: path).durableHead == 1)
    }

    @Test("the checksum is the Castagnoli one")
    func checksum() {
        // The check value of CRC-32C for the nine digits, and RFC 3720, B.4: 32 bytes of zeros.
        var digits = CRC32C()
        Array("123456789".utf8).withUnsafeBytes { digits.update($0) }
        #expect(digits.value == 0xe306_9283)
        var zeros = CRC32C()
        [UInt8](repeating: 0, count: 32).withUnsafeBytes { zeros.update($0) }
        #expect(zeros.value == 0x8a91_36aa)
    }

    @Test("the lines between a verifying child and its parent say all that a report holds")
    func verifyLines() {
        let report = VerifyReport(
            records: 9, commits: 4, lastGood: 8, firstBad: 9, problem: "it is\nbad",
            chain: BlobDigest(of: []).bytes,
            alteredBlobs: [BlobDigest(of: [1]), BlobDigest(of: [2])])
        var oneLine = report
        oneLine.problem = "it is bad"
        let lines: [(VerifyLine, VerifyLine)] = [
            (.report(report), .report(oneLine)), (.report(VerifyReport()), .report(VerifyReport())),
            (
                .progress(VerifyProgress(lastGood: 3, commits: 2)),
                .progress(VerifyProgress(lastGood: 3, commits: 2))
            ),
            (.failed("no log"), .failed("no log")),
        ]
        for (line, read) in lines { #expect(VerifyLine(parsing: String(line.text.dropLast())) == read) }
        #expect(VerifyLine(parsing: "anything else") == nil)
    }
}
