import CChecksum
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
        let last = try environment.read { transaction throws(EventLogError) in
            try transaction.record(at: acknowledged)?.count
        }
        #expect(last == 1000 + RecordCoding.headerBytes)
    }

    @Test("a system that refuses a large map gets a smaller one")
    func smallAddressSpace() async throws {
        let path = folder.log()
        #expect(try Child(["cramped", path]).lines() == ["appended 1"])
        #expect(try EventLog.open(at: path).durableHead == 1)
    }

    @Test("the masks of numbers that follow one another are those of each number", arguments: 1...20)
    func masks(seed: Int) {
        var random = Seeded(state: UInt64(seed))
        var masks = SequenceMasks()
        for _ in 0..<50 {
            let first = random.next() >> UInt64.random(in: 1..<64, using: &random)
            for sequence in first...first + UInt64.random(in: 0...600, using: &random) {
                #expect(masks.mask(of: sequence) == Checksum.mask(of: sequence))
            }
        }
    }

    @Test("the checksum is the Castagnoli one, with and without the processor's own instruction")
    func checksum() {
        // The check value of CRC-32C for the nine digits, and RFC 3720, B.4: 32 bytes of zeros.
        let cases: [([UInt8], UInt32)] = [
            (Array("123456789".utf8), 0xe306_9283), ([UInt8](repeating: 0, count: 32), 0x8a91_36aa),
        ]
        for (bytes, expected) in cases {
            #expect(bytes.withUnsafeBytes { Checksum.of($0) } == expected)
            #expect(weir_crc32c_by_tables(0, bytes, bytes.count) == expected)
        }
        let long = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 37) }
        for count in 0..<40 {
            let whole = weir_crc32c(0, long, 960 + count)
            #expect(weir_crc32c_by_tables(0, long, 960 + count) == whole)
            #expect(
                weir_crc32c(weir_crc32c(0, long, count), Array(long[count..<(960 + count)]), 960) == whole)
        }
    }

    @Test("the lines between a verifying child and its parent say all that a report holds")
    func verifyLines() {
        let report = VerifyReport(
            records: 9, base: 3, commits: 4, lastGood: 8, firstBad: 9, problem: "it is\nbad",
            chain: BlobDigest(of: []).bytes,
            alteredBlobs: [BlobDigest(of: [1]), BlobDigest(of: [2])], missingBlobs: [BlobDigest(of: [3])],
            orphanedBlobs: [BlobDigest(of: [4])], snapshots: 5, archives: 6)
        var oneLine = report
        oneLine.problem = "it is bad"
        let lines: [(VerifyLine, VerifyLine)] = [
            (.report(report), .report(oneLine)), (.report(VerifyReport()), .report(VerifyReport())),
            (
                .progress(VerifyProgress(lastGood: 3, records: 1, commits: 2)),
                .progress(VerifyProgress(lastGood: 3, records: 1, commits: 2))
            ),
            (.failed("no log"), .failed("no log")),
        ]
        for (line, read) in lines { #expect(VerifyLine(parsing: String(line.text.dropLast())) == read) }
        #expect(VerifyLine(parsing: "anything else") == nil)
    }
}
