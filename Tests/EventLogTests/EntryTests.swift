import Foundation
import Testing

@testable import EventLog

/// How records share entries, and what is read of them.
@Suite struct EntryTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// What an entry was written as.
    private struct Written {
        var last: UInt64
        var bytes: [UInt8]
    }

    /// Packs records that begin at a position; one that is too large for company is left out of the entries.
    private func pack(_ records: [[UInt8]], from first: UInt64, _ form: RecordEntry.Form) -> [Written] {
        let room = RecordPacking.Room()
        defer { withExtendedLifetime(room) {} }
        var packing = RecordPacking(form, in: room)
        var entries: [Written] = []
        func end() {
            guard packing.count > 0 else { return }
            var bytes = [UInt8](repeating: 0xee, count: packing.byteCount)
            bytes.withUnsafeMutableBytes { if let place = $0.baseAddress { packing.write(to: place) } }
            entries.append(Written(last: packing.last, bytes: bytes))
            packing.removeAll()
        }
        for (index, record) in records.enumerated() {
            record.withUnsafeBytes { stored in
                guard let start = stored.baseAddress else { return }
                if !packing.takes(stored.count) { end() }
                guard packing.takes(stored.count) else { return }
                let sequence = first + UInt64(index)
                packing.add(start, stored.count, at: sequence, mask: Checksum.mask(of: sequence))
            }
        }
        end()
        return entries
    }

    @Test(
        "records that were packed are read again, none is missing, and no entry is too large",
        arguments: 1...40)
    func packing(seed: Int) {
        var random = Seeded(state: UInt64(seed))
        let most = [12, 60, 300, 700, 2020].randomElement(using: &random) ?? 8
        let records = (0..<200).map { _ in
            (0..<Int.random(in: 8...most, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
        }
        let first = UInt64.random(in: 1...1 << 40, using: &random)
        for form in [RecordEntry.Form.packed, .bare] {
            var next = 0
            for written in pack(records, from: first, form) {
                #expect(written.bytes.count <= RecordEntry.sharedBytesLimit)
                written.bytes.withUnsafeBytes { bytes in
                    guard let entry = RecordEntry(bytes, last: written.last, form) else {
                        Issue.record("the entry that ends with \(written.last) is not one")
                        return
                    }
                    #expect(entry.first == first + UInt64(next) && entry.count <= RecordEntry.recordsLimit)
                    #expect(form == .packed || entry.count == 1)
                    for index in 0..<entry.count {
                        let sequence = entry.first + UInt64(index)
                        let mask = withUnsafeBytes(of: Checksum.mask(of: sequence).littleEndian, Array.init)
                        let expected = zip(records[next], mask).map { $0 ^ $1 } + records[next][4...]
                        #expect(Array(entry[index]) == expected)
                        #expect(entry.record(at: sequence).map(Array.init) == expected)
                        next += 1
                    }
                    #expect(
                        entry.record(at: entry.first - 1) == nil && entry.record(at: entry.last + 1) == nil)
                }
            }
            #expect(next == records.count)
        }
    }

    @Test("records of one size that share entries fill a page as well as by themselves, or better")
    func density() throws {
        // LMDB 0.9: a page of 4096 bytes has a head of 16, an entry one of 8, a key of 8 and a place of 2; its bytes are
        // made even.
        func perPage(_ bytes: Int) -> Int { (4096 - 16) / ((8 + 8 + bytes + 1) & ~1 + 2) }
        var denser = 0
        for size in 8...RecordEntry.sharedBytesLimit - 2 {
            let entries = pack(
                [[UInt8]](repeating: [UInt8](repeating: 1, count: size), count: 64), from: 1, .packed)
            let entry = try #require(entries.first)
            let together = Int(entry.last) * perPage(entry.bytes.count)
            #expect(together >= perPage(2 + size), "records of \(size) bytes")
            if together > perPage(size) { denser += 1 }
        }
        #expect(denser > 0)
    }

    @Test("an entry that was changed is refused, or is read within its bounds", arguments: 1...200)
    func changed(seed: Int) {
        var random = Seeded(state: UInt64(seed))
        var bytes = (0..<Int.random(in: 0...80, using: &random)).map { _ in
            UInt8.random(in: 0...9, using: &random)
        }
        // The number's upper byte.
        if bytes.count >= 2 { bytes[1] = Int.random(in: 0..<4, using: &random) == 0 ? 1 : 0 }
        let last = UInt64.random(in: 0...12, using: &random)
        bytes.withUnsafeBytes { stored in
            guard let entry = RecordEntry(stored, last: last, .packed) else { return }
            #expect(entry.count > 0 && entry.first >= 1)
            var all: [UInt8] = []
            for index in 0..<entry.count { all += entry[index] }
            #expect(all == Array(stored[(2 * entry.count)...]))
        }
    }

    @Test("a log is appended to, copied and verified in the format that it has", arguments: Golden.formats)
    func formats(format: UInt32) async throws {
        let path = folder.log()
        try FileManager.default.copyItem(atPath: Golden.folder + "/format-\(format)", toPath: path)
        let log = try EventLog.open(at: path)
        var random = Seeded(state: UInt64(format))
        var expected = try log.read(from: 0, limit: .max)
        let former = expected.count
        for _ in 0..<30 {
            var step = Step()
            for index in 0..<Int.random(in: 1...60, using: &random) {
                let bytes = [UInt8](
                    repeating: UInt8(index),
                    count: Int.random(in: 0...(index == 5 ? 5000 : 300), using: &random))
                step.append(bytes, type: 9, streams: [Golden.stream])
                expected.append(
                    Record(
                        sequence: UInt64(expected.count) + Golden.retired + 1, beginsStep: index == 0,
                        type: 9,
                        streams: [Golden.stream], bytes: bytes))
            }
            try await log.append(step)
        }
        #expect(try log.read(from: 0, limit: .max) == expected)
        #expect(try log.reader.read(type: 9, limit: .max) == Array(expected[former...]))
        for record in expected.shuffled(using: &random).prefix(100) {
            #expect(try log.read(from: record.sequence, limit: 1) == [record])
        }
        let report = try log.reader.backUp(to: folder.log("copy"))
        var exported: [UInt8] = []
        _ = try log.reader.export(.protobuf) { exported += $0 }
        log.close()
        #expect(try ChildProgram.verify(path).ok && report.ok)
        let copy = try EventLog.openForReading(at: folder.log("copy"))
        #expect(try copy.read(from: 0, limit: .max) == expected)
        copy.close()
        for name in ["log", "copy"] {
            let (entries, first, last) = try entries(of: folder.log(name))
            #expect(first == UInt64(Golden.retired) && last == expected.last?.sequence)
            #expect(format < 4 ? entries == UInt64(expected.count) : entries < UInt64(expected.count) / 5)
        }
    }

    @Test("small steps of one commit share entries, those of two do not")
    func smallSteps() async throws {
        var options = EventLog.Options()
        options.lazyNanoseconds = 600_000_000_000
        let log = try EventLog.open(at: folder.log(), options: options)
        for _ in 0..<2 {
            for number in 0..<40 {
                try log.submit(Step(records: [[UInt8(number)]]), durability: .lazy) { _ in }
            }
            _ = try await log.durable(through: log.acceptedHead)
        }
        log.close()
        // 32 of them in the first of a commit, the rest in its second.
        #expect(try entries(of: folder.log()).entries == 4)
        #expect(try ChildProgram.verify(folder.log()).ok)
    }

    /// How many entries the records of a log have, and the positions that they lie behind and end at.
    private func entries(of path: String) throws -> (entries: UInt64, base: UInt64, head: UInt64) {
        let files = LogFiles(folder: path)
        let identity = try #require(try FileIdentity(of: files.data))
        let opened = try EnvironmentOpening(files: files, mapBytes: 1 << 30).openForReading()
        let environment = Environment(files: files, identity: identity, opened: opened)
        defer { environment.close() }
        return try environment.read { transaction throws(EventLogError) in
            (
                try transaction.entryCount(of: transaction.records), try transaction.base(),
                try transaction.head()
            )
        }
    }
}
