import EventLog
import Foundation
import Testing

@testable import struct EventLog.LogMetadata

/// Logs of this and earlier formats as they lay on disk.
enum Golden {
    static let folder = Bundle.module.resourcePath.map { $0 + "/Golden" } ?? ""

    static let formats: [UInt32] = {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return names.compactMap { name in name.wholeMatch(of: /format-(\d+)/).flatMap { UInt32($0.1) } }
            .sorted()
    }()

    /// Where the golden log of the present format is written to, if it is asked for.
    static var destination: String? { ProcessInfo.processInfo.environment["WEIR_GOLDEN_TO"] }

    static let stream = StreamID(0x5_0000_0000_0000_0001)
    static let blob = Array("a blob that is kept".utf8)
    static let retired: UInt64 = 403

    /// What a log holds, as text.
    static func content(of reader: EventLogReader) throws -> String {
        var lines: [UInt8] = []
        _ = try reader.export(.jsonl) { lines += $0 }
        return String(decoding: lines, as: UTF8.self)
    }
}

/// Makes the golden log of the present format.
@Suite(.enabled(if: Golden.destination != nil)) struct GoldenMaking {
    @Test("a log with everything that the format has is written")
    func make() async throws {
        let path = try #require(Golden.destination) + "/format-\(LogMetadata.currentFormat)"
        var options = EventLog.Options(logID: LogID(bytes: [UInt8](1...16)))
        options.wallClockNanoseconds = { 1_800_000_000_000_000_000 }
        let log = try EventLog.open(at: path, options: options)
        var first = Step()
        first.append([], type: 1, streams: [Golden.stream])
        first.append([0, 255], type: 65_535)
        first.append(Array("no type, no stream".utf8))
        first.key = [7, 0, 7]
        try await log.append(first)
        try await log.append(numbered(400, from: 4))
        try log.reader.save(Snapshot(fold: "golden", version: 3, position: Golden.retired, bytes: [1, 2, 3]))
        try await log.append(numbered(900, from: 404))
        var later = Step()
        later.append([9], type: 2, streams: [Golden.stream])
        later.add(blob: Golden.blob)
        later.key = [8]
        try await log.append(later)
        _ = try log.retire(through: Golden.retired)
        try await log.append(numbered(40, from: 1305))
        let content = try Golden.content(of: log.reader)
        log.close()
        for name in ["lock.mdb", "writer.lock"] {
            try FileManager.default.removeItem(atPath: path + "/" + name)
        }
        try Data(content.utf8).write(to: URL(fileURLWithPath: path + ".jsonl"))
    }

    private func numbered(_ count: Int, from first: Int) -> Step {
        var step = Step()
        for number in first..<first + count {
            step.append(
                Array("\(number)".utf8), type: UInt16(1 + number % 5),
                streams: number % 50 == 0
                    ? [Golden.stream, StreamID(UInt128(number))] : [StreamID(UInt128(number / 7))])
        }
        return step
    }
}

@Suite struct GoldenTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("the present format has a golden log")
    func present() {
        #expect(Golden.formats.contains(LogMetadata.currentFormat))
    }

    @Test("a golden log holds what it held, and can be appended to", arguments: Golden.formats)
    func reading(format: UInt32) async throws {
        let golden = Golden.folder + "/format-\(format)"
        let path = folder.log()
        try FileManager.default.copyItem(atPath: golden, toPath: path)
        let reader = try EventLog.openForReading(at: path)
        #expect(
            try Golden.content(of: reader)
                == String(contentsOfFile: golden + ".jsonl", encoding: .utf8))
        let all = try reader.read(from: 0, limit: .max)
        #expect(all.first?.sequence == Golden.retired + 1 && all.last?.sequence == 1344)
        let ofStream = all.filter { $0.streams.contains(Golden.stream) }
        #expect(ofStream.count == 19)
        #expect(try reader.read(stream: Golden.stream, limit: .max) == ofStream)
        #expect(try reader.read(type: 3, limit: .max) == all.filter { $0.type == 3 })
        var blobs: [BlobDigest: BlobCondition] = [:]
        try reader.checkBlobs { blobs[$0] = $1 }
        #expect(blobs.values.map { $0 } == [.intact(bytes: Golden.blob.count)])
        #expect(try reader.newestSnapshot(of: "golden", version: 3).snapshot?.bytes == [1, 2, 3])
        for name in try FileManager.default.contentsOfDirectory(atPath: path + "/archives") {
            let archive = try LogArchive.verify(path + "/archives/" + name)
            #expect(archive.last == Golden.retired)
        }
        reader.close()
        #expect(try ChildProgram.verify(path).ok)
        let log = try EventLog.open(at: path)
        #expect(try await log.append(Step(records: [[1]])) == 1345...1345)
        log.close()
        #expect(try ChildProgram.verify(path).ok)
    }
}
