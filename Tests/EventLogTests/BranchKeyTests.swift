import EventLog
import Foundation
import Testing

/// The keys in LMDB's branches, each of which has to be the first one below it.
@Suite struct BranchKeyTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a key of a branch that leads every reader the same way, but is not its child's, is found (LOG-4)")
    func changedKey() async throws {
        let path = folder.log()
        try await makeLog(
            at: path, (1...100).map { _ in Step(records: [[UInt8]](repeating: [7], count: 40)) })
        let data = URL(fileURLWithPath: path + "/data.mdb")
        let sound = try [UInt8](Data(contentsOf: data))
        func number<Number: FixedWidthInteger>(at offset: Int, _: Number.Type = Number.self) -> Number {
            sound[offset..<offset + MemoryLayout<Number>.size].reversed().reduce(0) { $0 << 8 | Number($1) }
        }
        var found: Set<String> = []
        for page in stride(from: 2 * 4096, to: sound.count, by: 4096) {
            let (flags, lower) = (number(at: page + 10, UInt16.self), number(at: page + 12, UInt16.self))
            guard flags == 1, number(at: page, UInt64.self) == UInt64(page / 4096), lower > 18 else {
                continue
            }
            for place in stride(from: page + 18, to: page + Int(lower), by: 2) {
                let key = page + Int(number(at: place, UInt16.self)) + 8
                // Entries of 32 and of 8 records in turn: the number before a key is in the same entry.
                guard number(at: key, UInt64.self) > 40 else { continue }
                var bytes = sound
                bytes[key] &-= 1
                try Data(bytes).write(to: data)
                let problem = try EventLogVerifier.verifyInProcess(path: path).problem
                for tree in ["records", "commits"] where problem?.contains("\"\(tree)\" has a key") == true {
                    found.insert(tree)
                }
            }
        }
        // Keys in branches that are free were changed too, and are nobody's.
        #expect(found == ["records", "commits"])
        try Data(sound).write(to: data)
        #expect(try EventLogVerifier.verifyInProcess(path: path).ok)
    }

    @Test(
        "a log is sound however often it grew and lost its first records",
        arguments: 1...4 as ClosedRange<UInt64>)
    func retired(seed: UInt64) async throws {
        var dice = Seeded(state: seed)
        let log = try EventLog.open(at: folder.log())
        for _ in 0..<12 {
            let size = [0, 20, 300, 1500, 3000].randomElement(using: &dice) ?? 0
            for _ in 0..<Int.random(in: 1...60, using: &dice) {
                let count = Int.random(in: 1...40, using: &dice)
                _ = try log.submit(
                    Step(records: [[UInt8]](repeating: [UInt8](repeating: 1, count: size), count: count))
                ) {
                    _ in
                }
                if Bool.random(using: &dice) { try await log.durable(through: log.acceptedHead) }
            }
            try await log.durable(through: log.acceptedHead)
            let base = try log.reader.base()
            let position = try log.reader.commitEnd(
                atOrBefore: UInt64.random(in: base...log.durableHead, using: &dice))
            if position > base {
                try log.reader.save(Snapshot(fold: "test", version: 1, position: position, bytes: [1]))
                _ = try log.retire(through: position)
            }
            let report = try EventLogVerifier.verifyInProcess(path: folder.log())
            #expect(report.ok, "\(report)")
        }
        log.close()
    }
}
