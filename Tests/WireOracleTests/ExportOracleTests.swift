import Foundation
import SwiftProtobuf
import Testing

@testable import EventLog

@Suite struct ExportOracleTests {
    private func exported(_ format: ExportFormat) async throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent(
            "export-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let log = try EventLog.open(at: folder.path)
        for index in 0..<12 {
            var step = Step()
            step.append([1, 2, UInt8(index)], type: UInt16(index), streams: [StreamID(UInt128(index) << 90)])
            step.append([])
            if index % 2 == 0 { step.key = [9, UInt8(index)] }
            if index % 3 == 0 { step.add(blob: [UInt8](repeating: 4, count: index)) }
            try await log.append(step)
        }
        try log.reader.save(Snapshot(fold: "none", version: 3, position: 8, bytes: [5]))
        _ = try log.retire(through: 8)
        var bytes: [UInt8] = []
        let collected = Collected()
        try log.reader.export(format) { collected.bytes += $0 }
        bytes = collected.bytes
        log.close()
        return bytes
    }

    private final class Collected {
        var bytes: [UInt8] = []
    }

    @Test("every item of an export is what the schema's own code reads and writes")
    func items() async throws {
        let bytes = try await exported(.protobuf)
        let stream = InputStream(data: Data(bytes))
        stream.open()
        var kinds: [String] = []
        while stream.hasBytesAvailable {
            guard
                let item = try? BinaryDelimited.parse(messageType: Weir_V1_LogExportItem.self, from: stream)
            else { break }
            let raw = try [UInt8](item.serializedBytes() as Data)
            let parsed = try ExportItem(parsing: raw[...])
            #expect(parsed.bytes == raw)
            switch (item.item, parsed) {
            case (.header(let theirs), .header(let ours)):
                #expect(
                    theirs.logID == Data(ours.metadata.logID.bytes) && theirs.format == ours.metadata.format)
                #expect(theirs.base.last == ours.origin?.base.position)
                kinds.append("header")
            case (.record(let theirs), .record(let ours)):
                #expect(theirs.sequence == ours.sequence && theirs.beginsStep == ours.beginsStep)
                #expect(theirs.type == UInt32(ours.type) && theirs.payload == Data(ours.payload))
                #expect(theirs.streams.count == ours.streams.count && theirs.stepKey == Data(ours.stepKey))
                #expect(theirs.stepBlobs == ours.stepBlobs.map { Data($0.bytes) })
                kinds.append("record")
            case (.commit(let theirs), .commit(let ours)):
                #expect(theirs.number == ours.number && theirs.timeNs == ours.timeNanoseconds)
                #expect(theirs.chain == Data(ours.chain) && theirs.stepsDigest == Data(ours.stepsDigest))
                #expect(theirs.formerDurationNs == ours.formerDurationNanoseconds)
                kinds.append("commit")
            case (.blob(let theirs), .blob(let ours)):
                #expect(theirs.content == Data(ours))
                kinds.append("blob")
            case (.snapshot(let theirs), .snapshot(let fold, let stored)):
                #expect(theirs.fold == fold && theirs.stored == Data(stored))
                kinds.append("snapshot")
            case (.end(let theirs), .end(let ours)):
                #expect(theirs.records == ours.records && theirs.chain == Data(ours.chain))
                kinds.append("end")
            default: Issue.record("the schema's code reads \(item)")
            }
        }
        #expect(Set(kinds) == ["header", "record", "commit", "blob", "snapshot", "end"])
        #expect(kinds.first == "header" && kinds.last == "end")
        #expect(kinds.count { $0 == "record" } == 16 && kinds.count { $0 == "commit" } == 8)
    }

    @Test("an item that is unknown or has an unknown field is refused")
    func unknown() throws {
        for bytes: [UInt8] in [[0x3a, 0], [0x12, 2, 0x40, 1], [0x12, 5, 1], [0x08, 1]] {
            #expect(throws: RecordCoding.Damage.self) { try ExportItem(parsing: bytes[...]) }
        }
    }
}
