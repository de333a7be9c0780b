import EventLog
import Foundation
import Testing

/// Changes bytes of a log's data file one at a time: whenever reading gives anything else than before, verify
/// has to find it (LOG-4).
///
/// `EVENTLOG_SWEEP_STRIDE=1` tries every byte of the file; otherwise every bit of the meta pages and a sample of
/// the rest are tried.
@Suite struct SweepTests {
    @Test("no changed byte makes reading differ while verify stays silent (LOG-4)")
    func everyByte() async throws {
        let folder = try TemporaryFolder()
        let log = folder.log()
        try await makeLog(at: log, sampleSteps(50))
        let cases = try sweepCases(log)
        let casesPath = folder.log("cases")
        try cases.map { "\($0.position) \($0.mask)" }.joined(separator: "\n")
            .write(toFile: casesPath, atomically: true, encoding: .utf8)
        async let reading = sweep("read", log, copy: folder.log("read"), casesPath, cases)
        async let verifying = sweep("verify", log, copy: folder.log("verify"), casesPath, cases)
        let (read, verified) = try await (reading, verifying)

        let unchanged = try #require(read.last)
        #expect(unchanged.count == 64)
        #expect(verified.last == "sound")
        var differing = 0
        for (index, tried) in cases.enumerated() where read[index] != unchanged {
            differing += 1
            #expect(verified[index] != "sound", "byte \(tried.position) xor \(tried.mask): \(read[index])")
        }
        #expect(differing > cases.count / 10)
        let found = verified.filter { $0 != "sound" }.count
        let crashes = (read + verified).filter { $0 == "crashed" }.count
        print("sweep: \(cases.count) changes, \(differing) differ, \(found) found, \(crashes) crashes")
    }

    struct Case {
        var position: Int
        var mask: UInt8
    }

    /// The last case changes nothing.
    private func sweepCases(_ log: String) throws -> [Case] {
        let data = try Data(contentsOf: URL(fileURLWithPath: log + "/data.mdb"))
        let stride = ProcessInfo.processInfo.environment["EVENTLOG_SWEEP_STRIDE"].flatMap { Int($0) }
        var cases: [Case] = []
        for page in [0, 4096] {
            // The two ids, and what else of the page is in use.
            for bit in 0..<8 { cases += (144..<152).map { Case(position: page + $0, mask: 1 << bit) } }
            cases += (0..<144).map { Case(position: page + $0, mask: UInt8(1 << ($0 % 8))) }
        }
        for (index, position) in Swift.stride(from: 8192, to: data.count, by: stride ?? 61).enumerated() {
            cases.append(Case(position: position, mask: [0xff, 0x01, 0x80, 0x10][index % 4]))
        }
        return cases + [Case(position: 0, mask: 0)]
    }

    /// What the child makes of each case; a case that ends it is `crashed`, and another child goes on behind it.
    private func sweep(
        _ mode: String, _ log: String, copy: String, _ casesPath: String, _ cases: [Case]
    ) async throws -> [String] {
        try FileManager.default.createDirectory(atPath: copy, withIntermediateDirectories: true)
        let data = try Data(contentsOf: URL(fileURLWithPath: log + "/data.mdb"))
        var results: [String] = []
        while results.count < cases.count {
            try data.write(to: URL(fileURLWithPath: copy + "/data.mdb"))
            let child = try Child(["sweep", copy, mode, casesPath, "\(results.count)"])
            while let line = child.line() {
                let fields = line.split(separator: " ")
                guard fields.count == 2, Int(fields[0]) == results.count else { break }
                results.append(String(fields[1]))
            }
            child.finish()
            if results.count < cases.count {
                try #require(child.process.terminationReason == .uncaughtSignal)
                results.append("crashed")
            }
        }
        return results
    }
}
