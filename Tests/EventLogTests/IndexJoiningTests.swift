import CLMDB
import EventLog
import Glibc
import Testing

@testable import class EventLog.Environment
@testable import struct EventLog.EnvironmentOpening
@testable import struct EventLog.FileIdentity
@testable import class EventLog.IndexJoiner
@testable import struct EventLog.IndexRun
@testable import struct EventLog.IndexRunView
@testable import enum EventLog.IndexTiers
@testable import struct EventLog.LogFiles
@testable import struct EventLog.QueuedRuns
@testable import struct EventLog.TermGroups

/// Runs of the index are joined while steps wait and beside the commits.
@Suite struct IndexJoiningTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    /// The run of one step's records, which have two streams each.
    private func run(_ records: ClosedRange<UInt64>) -> IndexRun {
        var groups = TermGroups()
        for record in records {
            let index = UInt32(record - records.lowerBound)
            groups.add(.stream(StreamID(UInt128(record % 7))), index)
            groups.add(.stream(StreamID(UInt128(100 + record / 5))), index)
        }
        return IndexRun(groups)
    }

    @Test(
        "steps' runs that are joined in any order, while others are taken, are those of their records",
        arguments: 1...40)
    func queued(seed: Int) {
        var random = Seeded(state: UInt64(seed))
        var runs = QueuedRuns(bytesLimit: 40)
        var pairs: [QueuedRuns.Pair] = []
        var starts: [UInt64] = []
        var head: UInt64 = 0
        var taken: UInt64 = 0
        var joined = 0
        func take(before end: UInt64) {
            let parts = runs.take(through: end - 1)
            for part in parts {
                #expect(part.records.lowerBound > taken)
                #expect(part.records.upperBound < end)
                #expect(part.bytes <= 40)
                taken = part.records.upperBound
                let expected = IndexRun(
                    merging: [(run(part.records), part.records.lowerBound)], from: part.records.lowerBound)
                let actual = IndexRun(
                    merging: [(part.run, part.records.lowerBound)], from: part.records.lowerBound)
                #expect(actual.bytes == expected.bytes)
                if starts.count(where: part.records.contains) > 1 { joined += 1 }
            }
            starts.removeAll { $0 < end }
        }
        for _ in 0..<400 {
            switch Int.random(in: 0..<10, using: &random) {
            case 0..<5:
                let records = head + 1...head + UInt64.random(in: 1...8, using: &random)
                head = records.upperBound
                starts.append(records.lowerBound)
                // A few are so small that their index is not worked out.
                guard Int.random(in: 0..<8, using: &random) > 0 else { continue }
                if let pair = runs.add(.init(run(records), of: records, bytes: records.count)) {
                    pairs.append(pair)
                }
            case 5..<9 where !pairs.isEmpty:
                let pair = pairs.remove(at: Int.random(in: 0..<pairs.count, using: &random))
                if let next = runs.put(.init(joining: pair.left, pair.right)) { pairs.append(next) }
            case 9:
                guard let start = starts.randomElement(using: &random) else { continue }
                take(before: runs.start(of: start))
            default: break
            }
        }
        take(before: head + 1)
        #expect(taken <= head)
        #expect(joined > 0)
    }

    @Test("most of the index of steps that wait is joined when they are taken")
    func few() {
        var runs = QueuedRuns(bytesLimit: 1 << 20)
        for step in 0..<64 as Range<UInt64> {
            let records = step * 4 + 1...step * 4 + 4
            var pair = runs.add(.init(run(records), of: records, bytes: 1000))
            while let next = pair { pair = runs.put(.init(joining: next.left, next.right)) }
        }
        let parts = runs.take(through: .max)
        #expect(parts.count <= 4)
        #expect(parts.first?.records.lowerBound == 1)
        #expect(parts.last?.records.upperBound == 256)
    }

    @Test(
        "commits of many writers hold whole steps however their index was joined, and are read as they were appended"
    )
    func manyWriters() async throws {
        var options = EventLog.Options()
        // Less than what waits, so that the queue is taken in parts.
        options.groupBytesLimit = 64 << 10
        let log = try EventLog.open(at: folder.log(), options: options)
        let written = try await withThrowingTaskGroup(of: (UInt128, [UInt64]).self) { group in
            for writer in 0..<24 {
                group.addTask {
                    var positions: [UInt64] = []
                    for round in 0..<30 {
                        var step = Step()
                        // Some are so small that the writer works their index out.
                        for record in 0..<[3, 40, 90, 35][(writer + round) % 4] {
                            step.append([UInt8(record)], type: 5, streams: [StreamID(UInt128(writer))])
                        }
                        positions += Array(try await log.append(step))
                    }
                    return (UInt128(writer), positions)
                }
            }
            return try await group.reduce(into: [:]) { $0[$1.0] = $1.1 }
        }
        for (writer, positions) in written {
            #expect(
                try log.reader.read(stream: StreamID(writer), limit: .max).map(\.sequence) == positions)
        }
        log.close()
        let report = try EventLogVerifier.verifyInProcess(path: folder.log())
        #expect(report.ok, "\(report)")
    }

    @Test("a queue that is larger than a commit is cut between parts whose index is joined", arguments: 1...3)
    func backlog(seed: Int) async throws {
        var random = Seeded(state: UInt64(seed))
        var options = EventLog.Options()
        options.groupBytesLimit = 32 << 10
        let log = try EventLog.open(at: folder.log(), options: options)
        var written: [UInt128: [UInt64]] = [:]
        for _ in 0..<600 {
            let stream = UInt128(UInt64.random(in: 1...9, using: &random))
            var step = Step()
            for _ in 0..<Int.random(in: 28...60, using: &random) {
                step.append([], type: 1, streams: [StreamID(stream)])
            }
            written[stream, default: []] += Array(try log.submit(step) { _ in })
        }
        try await log.durable(through: log.acceptedHead)
        for (stream, positions) in written {
            #expect(try log.reader.read(stream: StreamID(stream), limit: .max).map(\.sequence) == positions)
        }
        log.close()
        let report = try EventLogVerifier.verifyInProcess(path: folder.log())
        #expect(report.ok, "\(report)")
    }

    @Test("runs that were joined before records were retired are not put in the place of what is left")
    func retirement() async throws {
        let log = try EventLog.open(at: folder.log())
        func append(commits: Int) async throws {
            for _ in 0..<commits {
                var step = Step()
                for _ in 0..<1024 { step.append([], type: 1, streams: []) }
                try await log.append(step)
            }
        }
        // The last of these has them joined; what is made of them is taken by the next that writes a run.
        try await append(commits: 16)
        usleep(50_000)
        try log.reader.save(Snapshot(fold: "test", version: 1, position: 4096, bytes: [1]))
        _ = try log.retire(through: 4096)
        try await append(commits: 3)
        #expect(
            try log.reader.read(type: 1, limit: .max).map(\.sequence) == Array(4097...19 * 1024))
        log.close()
        let report = try EventLogVerifier.verifyInProcess(path: folder.log())
        #expect(report.ok, "\(report)")
    }

    /// The stored runs of a closed log, the oldest one first.
    private func withEnvironment<Value>(_ body: (Environment) throws -> Value) throws -> Value {
        let files = LogFiles(folder: folder.log())
        let opened = try EnvironmentOpening(files: files, mapBytes: 1 << 30).openForReading()
        let environment = Environment(
            files: files, identity: try #require(try FileIdentity(of: files.data)), opened: opened)
        defer { environment.close() }
        return try body(environment)
    }

    private func keys(_ environment: Environment) throws -> [UInt64] {
        try environment.read { transaction throws(EventLogError) in
            let cursor = try transaction.cursor(on: transaction.index)
            var keys: [UInt64] = []
            var entry = try cursor.move(MDB_FIRST)
            while let found = entry {
                keys.append(found.key)
                entry = try cursor.move(MDB_NEXT)
            }
            return keys
        }
    }

    /// A closed log of some commits, each of which writes a run.
    private func makeLog(commits: Int, reopening: Int = .max) async throws {
        var log = try EventLog.open(at: folder.log())
        for index in 0..<commits {
            if index % reopening == reopening - 1 {
                log.close()
                log = try EventLog.open(at: folder.log())
            }
            var step = Step()
            for record in 0..<1024 {
                step.append([], type: 1, streams: [StreamID(UInt128(record % 50 + index))])
            }
            try await log.append(step)
        }
        log.close()
    }

    @Test(
        "a log has few runs, also if it is closed again and again before they are joined",
        arguments: [1, 2, 11, .max])
    func tiers(reopening: Int) async throws {
        try await makeLog(commits: 100, reopening: reopening)
        try withEnvironment { environment in
            let keys = try keys(environment)
            #expect(keys.last == 100 * 1024)
            // Of 16,384 records and more six at most, and fewer than 32,768 records behind them.
            #expect(keys.count <= 6 + 32)
        }
        #expect(try EventLogVerifier.verifyInProcess(path: folder.log()).ok)
    }

    /// A joiner for the closed log, and the keys of its runs.
    private func withJoiner(_ body: (IndexJoiner, [UInt64], Environment) throws -> Void) throws {
        try withEnvironment { environment in
            let joiner = IndexJoiner(environment)
            defer { joiner.end() }
            try body(joiner, keys(environment), environment)
        }
    }

    /// What the joiner has made, when it has.
    private func made(_ joiner: IndexJoiner) throws -> IndexJoiner.Joined? {
        for _ in 0..<10_000 {
            if let joined = try joiner.take() { return joined }
            usleep(1000)
        }
        return nil
    }

    @Test("the joiner gives the run of all records of some runs, once")
    func joiner() async throws {
        try await makeLog(commits: 5)
        try withJoiner { joiner, keys, environment in
            #expect(try joiner.take() == nil)
            joiner.join(keys)
            // One at a time: this is not taken up.
            joiner.join([keys[0]])
            let joined = try #require(try made(joiner))
            #expect(joined.keys == keys)
            #expect(try joiner.take() == nil)
            let expected = try environment.read { transaction throws(EventLogError) in
                var views: [IndexRunView] = []
                for key in keys {
                    let cursor = try transaction.cursor(on: transaction.index)
                    guard let entry = try cursor.move(MDB_SET_RANGE, to: key) else { continue }
                    views.append(try transaction.run(entry))
                }
                var run = IndexRun(merging: views, from: 1)
                run.finish()
                return run.bytes
            }
            #expect(joined.run.bytes == expected)
        }
    }

    @Test("what is being joined is forgotten when the runs have changed, at whatever point it is")
    func forgotten() async throws {
        try await makeLog(commits: 5)
        try withJoiner { joiner, keys, _ in
            let others = Array(keys.suffix(2))
            for round in 0..<200 {
                joiner.join(keys)
                usleep(UInt32(round))
                joiner.forget()
                var joined: IndexJoiner.Joined?
                while joined == nil {
                    // Taken up when the thread is done with the former.
                    joiner.join(others)
                    joined = try joiner.take()
                }
                #expect(joined?.keys == others)
            }
        }
    }

    @Test("runs that are not there are damage")
    func missing() async throws {
        try await makeLog(commits: 2)
        try withJoiner { joiner, _, _ in
            joiner.join([1024, 2000])
            let error = #expect(throws: EventLogError.self) { try made(joiner) }
            guard case .damaged(_, 2000, let problem) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(problem.contains("missing"))
            // It goes on.
            joiner.join([1024, 2048])
            let joined = try made(joiner)
            #expect(joined?.keys == [1024, 2048])
        }
    }

    @Test("a commit joins runs itself when there are as many records again")
    func overdue() {
        #expect(!IndexTiers.areOverdue([]))
        #expect(!IndexTiers.areOverdue(Array(repeating: 1024, count: 31)))
        #expect(IndexTiers.areOverdue(Array(repeating: 1024, count: 32)))
        #expect(!IndexTiers.areOverdue(Array(repeating: 1024, count: 20) + [20_000]))
        #expect(!IndexTiers.areOverdue(Array(repeating: 17_000, count: 30)))
        #expect(IndexTiers.areOverdue(Array(repeating: 17_000, count: 31)))
        #expect(!IndexTiers.areOverdue([1024, 300_000]))
    }
}
