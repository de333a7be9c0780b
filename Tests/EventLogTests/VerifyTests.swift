import EventLog
import Foundation
import Testing

@Suite struct VerifyTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a sound log verifies, with its counts and its chain, alike in a child and in the process")
    func soundLog() async throws {
        let path = folder.log()
        let records = try await makeLog(at: path, sampleSteps(40))
        var progress: [VerifyProgress] = []
        let report = try EventLogVerifier.verifyInProcess(path: path) { progress.append($0) }
        #expect(report.ok && report.firstBad == nil && report.problem == nil)
        #expect(report.records == UInt64(records.count) && report.lastGood == report.records)
        #expect(report.commits == 40 && report.chain.count == 32)
        #expect(
            progress.last == VerifyProgress(lastGood: report.records, records: report.records, commits: 40))
        #expect(try ChildProgram.verify(path) == report)
    }

    @Test("an empty log verifies")
    func emptyLog() async throws {
        try await makeLog(at: folder.log(), [])
        let report = try ChildProgram.verify(folder.log())
        #expect(report.ok && report.records == 0 && report.commits == 0)
    }

    @Test(
        "two logs with the same identity, clock and commits have the same chain; another record makes another"
    )
    func chain() async throws {
        var chains: [[UInt8]] = []
        for (name, steps) in [("a", sampleSteps(5)), ("b", sampleSteps(5)), ("c", sampleSteps(6))] {
            var options = EventLog.Options(logID: LogID(7))
            options.wallClockNanoseconds = { 1_000 }
            try await makeLog(at: folder.log(name), steps, options: options)
            chains.append(try EventLogVerifier.verifyInProcess(path: folder.log(name)).chain)
        }
        #expect(chains[0] == chains[1] && chains[1] != chains[2])
    }

    @Test("a changed byte is found at its record, by reading and by verifying (LOG-4)")
    func changedByte() async throws {
        let path = folder.log()
        try await makeLog(at: path, (1...20).map { Step(records: [Array("a record named \($0)!".utf8)]) })
        let found = try replace(Array("named 13!".utf8), by: Array("named 31!".utf8), in: path)
        #expect(found >= 1)
        let reader = try EventLog.openForReading(at: path)
        #expect(try reader.read(from: 1, limit: 12).count == 12)
        let error = #expect(throws: EventLogError.self) { try reader.read(from: 1, limit: 13) }
        #expect(error == .damaged(path: path, sequence: 13, problem: "its checksum does not match"))
        reader.close()
        let report = try ChildProgram.verify(path)
        #expect(report.firstBad == 13 && report.lastGood == 12 && report.commits == 12)
    }

    @Test("a record that was rewritten with a right checksum is found by its commit's hash (LOG-4)")
    func forgedRecord() async throws {
        // The same content at the same position in two logs: its stored form, with the checksum, is taken over.
        let original = folder.log("original")
        let forged = folder.log("forged")
        try await makeLog(at: original, (1...9).map { Step(records: [Array("genuine \($0)".utf8)]) })
        try await makeLog(at: forged, (1...9).map { Step(records: [Array("fabricd \($0)".utf8)]) })
        func stored(_ text: String, in path: String) throws -> [UInt8] {
            let data = try Data(contentsOf: URL(fileURLWithPath: path + "/data.mdb"))
            let range = try #require(data.range(of: Data(text.utf8)))
            return Array(data[(range.lowerBound - 8)..<range.upperBound])
        }
        let genuine = try stored("genuine 5", in: original)
        #expect(try replace(genuine, by: stored("fabricd 5", in: forged), in: original) >= 1)
        let reader = try EventLog.openForReading(at: original)
        #expect(try reader.read(from: 5, limit: 1).first?.bytes == Array("fabricd 5".utf8))
        reader.close()
        let report = try ChildProgram.verify(original)
        #expect(report.firstBad == 5 && report.lastGood == 4)
    }

    @Test("a newest meta page that was set back by one commit is found (LOG-4)")
    func rolledBackMetaPage() async throws {
        let path = folder.log()
        let url = URL(fileURLWithPath: path + "/data.mdb")
        try await makeLog(at: path, sampleSteps(22))
        // Transaction 23 on page 1 becomes 21: on its page, next to 22, and older than it.
        var data = try Data(contentsOf: url)
        #expect(data[4096 + 144] == 23)
        data[4096 + 144] = 21
        try data.write(to: url)
        try FileManager.default.removeItem(atPath: path + "/acknowledged")
        let reader = try EventLog.openForReading(at: path)
        let head = try reader.head()
        reader.close()
        let report = try ChildProgram.verify(path)
        #expect(!report.ok && report.lastGood == head)
        #expect(report.problem?.contains("meta page 1") == true)
    }

    @Test("levels of a tree that has no root are found (LOG-4)")
    func levelsWithoutRoot() async throws {
        let path = folder.log()
        // So few records are not in the index yet, whose tree is empty.
        try await makeLog(at: path, sampleSteps(8))
        let tree = [UInt8]([5, 0]) + Array("index".utf8) + [0, 0, 0, 0, 8, 0]
        #expect(try replace(tree + [0, 0], by: tree + [0, 1], in: path) >= 1)
        let report = try EventLogVerifier.verifyInProcess(path: path)
        #expect(report.problem?.contains("\"index\" has entries or levels, but no root") == true)
    }

    @Test("a list of free pages whose size is none that LMDB writes is found (LOG-4)")
    func sizeOfFreeList() async throws {
        let path = folder.log()
        try await makeLog(at: path, sampleSteps(8))
        let url = URL(fileURLWithPath: path + "/data.mdb")
        var data = [UInt8](try Data(contentsOf: url))
        func number(at offset: Int, bytes: Int) -> Int {
            (0..<bytes).reduce(0) { $0 | Int(data[offset + $1]) << (8 * $1) }
        }
        // The newer meta page names the root of the free list; the list's second entry ends where the first one begins.
        let transaction = 144
        let meta = number(at: transaction, bytes: 8) > number(at: 4096 + transaction, bytes: 8) ? 0 : 4096
        let leaf = number(at: meta + 16 + 24 + 40, bytes: 8) * 4096
        try #require(number(at: leaf + 10, bytes: 2) == 2 && number(at: leaf + 12, bytes: 2) >= 16 + 2 * 2)
        let entry = leaf + number(at: leaf + 16 + 2, bytes: 2)
        #expect(try EventLogVerifier.verifyInProcess(path: path).ok)
        data[entry] ^= 1
        try Data(data).write(to: url)
        let report = try EventLogVerifier.verifyInProcess(path: path)
        #expect(report.problem?.contains("the free list has a value of \(data[entry]) bytes") == true)
    }

    @Test(
        "a meta page that a failed commit has left is replaced by the next writer, if nothing acknowledged is in it"
    )
    func tornMetaPage() async throws {
        let path = folder.log()
        try await makeLog(at: path, sampleSteps(21))
        let acknowledged = URL(fileURLWithPath: path + "/acknowledged")
        let before = try Data(contentsOf: acknowledged)
        try await makeLog(at: path, sampleSteps(1))
        let after = try Data(contentsOf: acknowledged)
        // LMDB puts the former transaction's number back into the page that it could not write, and nothing else.
        let file = URL(fileURLWithPath: path + "/data.mdb")
        var data = try Data(contentsOf: file)
        #expect(data[4096 + 144] == 23)
        data[4096 + 144] = 21
        try data.write(to: file)
        #expect(try !ChildProgram.verify(path).ok)
        #expect(throws: EventLogError.self) { try EventLog.open(at: path) }
        try before.write(to: acknowledged)
        let log = try EventLog.open(at: path)
        let head = log.durableHead
        let report = try ChildProgram.verify(path)
        #expect(report.ok && report.records == head, "\(report)")
        #expect(try await log.append(Step(records: [[1]])) == (head + 1)...(head + 1))
        log.close()
        #expect(try ChildProgram.verify(path).ok)
        #expect(after != before)
    }

    @Test("a file that was cut short is reported with its last good record and not by a crash (LOG-4)")
    func cutFile() async throws {
        let path = folder.log()
        let records = try await makeLog(at: path, sampleSteps(200))
        let size = try #require(
            FileManager.default.attributesOfItem(atPath: path + "/data.mdb")[.size] as? Int)
        truncate(path + "/data.mdb", off_t(size / 2 / 4096 * 4096))
        let report = try ChildProgram.verify(path)
        #expect(!report.ok && report.lastGood < UInt64(records.count))
        #expect(report.firstBad == report.lastGood + 1)
    }

    @Test("a verifying process that hangs is ended and reported (LOG-4)")
    func stalledChild() async throws {
        let path = folder.log()
        try await makeLog(at: path, sampleSteps(1))
        let report = try EventLogVerifier.runIsolated(
            executable: "/bin/sh", arguments: ["-c", "echo progress 7 7 3; exec sleep 600"], path: path,
            stallLimitSeconds: 2)
        #expect(report.firstBad == 8 && report.lastGood == 7 && report.commits == 3)
        #expect(report.problem?.contains("came no further") == true)
    }

    @Test("a verifying process that is ended by a signal is reported with the signal (LOG-4)")
    func crashedChild() async throws {
        let path = folder.log()
        try await makeLog(at: path, sampleSteps(1))
        let report = try EventLogVerifier.runIsolated(
            executable: "/bin/sh", arguments: ["-c", "echo progress 4 4 2; kill -BUS $$"], path: path)
        #expect(report.firstBad == 5 && report.lastGood == 4)
        #expect(report.problem?.contains("signal \(SIGBUS)") == true)
    }

    @Test("a program that verifies nothing is an error, and not a report")
    func wrongProgram() async throws {
        let path = folder.log()
        try await makeLog(at: path, sampleSteps(1))
        #expect(throws: EventLogError.self) {
            try EventLogVerifier.runIsolated(executable: "/bin/true", arguments: [], path: path)
        }
        #expect(throws: EventLogError.system(operation: "posix_spawn", path: "/nowhere", errno: ENOENT)) {
            try EventLogVerifier.runIsolated(executable: "/nowhere", arguments: [], path: path)
        }
    }
}
