import EventLog
import Foundation
import Testing

@Suite struct BlobTests {
    let folder: TemporaryFolder
    let content = Array("the content of a blob".utf8)

    init() throws {
        folder = try TemporaryFolder()
    }

    private func file(_ path: String, _ digest: BlobDigest) -> URL {
        URL(fileURLWithPath: "\(path)/blobs/\(digest.description.prefix(2))/\(digest)")
    }

    @Test("a blob is read back by its digest, and listed")
    func roundTrip() async throws {
        let log = try EventLog.open(at: folder.log())
        let large = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        try await log.append(Step(records: [[1]], blobs: [content, large, content, []]))
        for blob in [content, large, []] { #expect(try log.blob(BlobDigest(of: blob)) == blob) }
        var listed: [BlobDigest: BlobCondition] = [:]
        try log.checkBlobs { listed[$0] = $1 }
        #expect(
            listed == [
                BlobDigest(of: content): .intact(bytes: content.count),
                BlobDigest(of: large): .intact(bytes: large.count), BlobDigest(of: []): .intact(bytes: 0),
            ])
    }

    @Test("a blob that is there already is not written again")
    func identical() async throws {
        let path = folder.log()
        let log = try EventLog.open(at: path)
        let file = file(path, BlobDigest(of: content)).path
        try await log.append(Step(records: [[1]], blobs: [content]))
        let former = try FileManager.default.attributesOfItem(atPath: file)
        try await log.append(Step(records: [[2]], blobs: [content]))
        let latter = try FileManager.default.attributesOfItem(atPath: file)
        #expect(former[.systemFileNumber] as? Int == latter[.systemFileNumber] as? Int)
    }

    @Test("a missing blob and an altered one are told apart; verify names the altered one (LOG-4)")
    func damage() async throws {
        let path = folder.log()
        let digest = BlobDigest(of: content)
        try await makeLog(at: path, [Step(records: [[1]], blobs: [content])])
        var altered = content
        altered[3] ^= 1
        try Data(altered).write(to: file(path, digest))
        let reader = try EventLog.openForReading(at: path)
        #expect(throws: EventLogError.blobAltered(digest)) { try reader.blob(digest) }
        let report = try ChildProgram.verify(path)
        #expect(
            report.alteredBlobs == [digest] && !report.ok && report.firstBad == nil && report.lastGood == 1)
        #expect(report == (try EventLogVerifier.verifyInProcess(path: path)))
        try FileManager.default.removeItem(at: file(path, digest))
        #expect(throws: EventLogError.blobMissing(digest)) { try reader.blob(digest) }
        reader.close()
    }

    @Test("appending the content again mends an altered blob")
    func mending() async throws {
        let path = folder.log()
        let digest = BlobDigest(of: content)
        try await makeLog(at: path, [Step(records: [[1]], blobs: [content])])
        try Data(content.reversed()).write(to: file(path, digest))
        let log = try EventLog.open(at: path)
        try await log.append(Step(records: [[2]], blobs: [content]))
        #expect(try log.blob(digest) == content)
    }

    @Test("digests and log ids are spelled in lower-case hexadecimal, and nothing else is parsed")
    func spelling() {
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        #expect(BlobDigest(of: []).description == empty)
        #expect(BlobDigest(parsing: empty) == BlobDigest(of: []))
        #expect(BlobDigest(parsing: empty.uppercased()) == nil)
        #expect(BlobDigest(parsing: String(empty.dropLast())) == nil)
        #expect(BlobDigest(bytes: BlobDigest(of: []).bytes) == BlobDigest(of: []))
        #expect(BlobDigest(bytes: [1]) == nil)
        let identity = LogID(0xab)
        #expect(identity.description == "000000000000000000000000000000ab")
        #expect(LogID(parsing: identity.description) == identity)
        #expect(LogID(parsing: "xy") == nil)
        #expect(LogID.random() != LogID.random())
    }
}
