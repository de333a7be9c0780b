import EventLog
import Testing

/// What stands in one page of the data file is read there; what does not, by a cursor. Both must be the same records.
@Suite struct ScanTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// Sizes that lie on both sides of what a page holds, and of what is put into pages of its own.
    private func size(_ random: inout Seeded) -> Int {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: Int.random(in: 1900...2100, using: &random)
        case 1: Int.random(in: 3900...4200, using: &random)
        case 2: Int.random(in: 5000...20_000, using: &random)
        case 3: 0
        default: Int.random(in: 1...400, using: &random)
        }
    }

    @Test("a scan gives all records from any position on, whatever their sizes", arguments: 1...6)
    func sizes(seed: Int) async throws {
        var random = Seeded(state: UInt64(seed))
        let log = try EventLog.open(at: folder.log())
        defer { log.close() }
        var payloads: [[UInt8]] = []
        for _ in 0..<60 {
            var step = Step()
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                let payload = [UInt8](repeating: UInt8(payloads.count % 251), count: size(&random))
                step.append(payload, type: UInt16(payloads.count % 7))
                payloads.append(payload)
            }
            _ = try await log.append(step)
        }
        let head = UInt64(payloads.count)
        for first in [1, head] + (0..<40).map({ _ in UInt64.random(in: 1...head, using: &random) }) {
            let last = UInt64.random(in: first...head, using: &random)
            for (pageSize, checking) in [(1024, true), (33, true), (1024, false), (1, false)] {
                var next = first
                try log.scan(from: first, through: last, pageSize: pageSize, checking: checking) { record in
                    #expect(record.sequence == next)
                    #expect(record.type == UInt16((next - 1) % 7))
                    #expect(record.payload.withUnsafeBytes { Array($0) } == payloads[Int(next - 1)])
                    next += 1
                }
                #expect(next == last + 1, "seed \(seed), from \(first) through \(last)")
            }
        }
    }
}
