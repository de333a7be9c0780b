import EventLog
import Foundation
import Testing

@Suite(.timeLimit(.minutes(1))) struct FollowTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    @Test("a follower in the writer's process gets what is there, then what comes, and ends with the log")
    func sameProcess() async throws {
        let log = try EventLog.open(at: folder.log())
        try await log.append(Step(records: [[1], [2]]))
        let follower = Task {
            var numbers: [UInt64] = []
            for try await record in log.follow(from: 2) {
                numbers.append(record.sequence)
                if record.sequence == 1000 { log.close() }
            }
            return numbers
        }
        for _ in 3...1000 { try log.submit(Step(records: [[3]])) { _ in } }
        #expect(try await follower.value == Array(2...1000))
    }

    @Test("a follower gets what another process appends, without holding a transaction meanwhile (LOG-6)")
    func otherProcess() async throws {
        let path = folder.log()
        try await makeLog(at: path, sampleSteps(1))
        let reader = try EventLog.openForReading(at: path)
        var records = reader.follow(from: 1).makeAsyncIterator()
        #expect(try await records.next()?.sequence == 1)
        #expect(try await records.next()?.sequence == 2)
        async let third = Task { [records] in
            var records = records
            return try await records.next()
        }.value
        #expect(try Child(["once", path]).lines() == ["appended 3"])
        #expect(try await third?.bytes == Array("once".utf8))
        reader.close()
    }

    @Test("a follower goes on when a writer opens in its process, and when that closes again")
    func comingAndGoingWriter() async throws {
        let path = folder.log()
        try await makeLog(at: path, [])
        let reader = try EventLog.openForReading(at: path)
        let follower = Task {
            var numbers: [UInt64] = []
            for try await record in reader.follow(from: 1) {
                numbers.append(record.sequence)
                if numbers.count == 3 { break }
            }
            return numbers
        }
        let log = try EventLog.open(at: path)
        try await log.append(Step(records: [[1]]))
        log.close()
        #expect(try Child(["once", path]).lines() == ["appended 2"])
        #expect(try Child(["once", path]).lines() == ["appended 3"])
        #expect(try await follower.value == [1, 2, 3])
        reader.close()
    }

    @Test(
        "a follower ends when its task is cancelled or its reader closed, whoever writes",
        arguments: [true, false])
    func ending(hasWriter: Bool) async throws {
        let path = folder.log()
        try await makeLog(at: path, sampleSteps(1))
        let log = hasWriter ? try EventLog.open(at: path) : nil
        let reader = try EventLog.openForReading(at: path)
        let cancelled = Task { try await Array(reader.follow(from: 1)).count }
        let closed = Task { try await Array(reader.follow(from: 2)).count }
        try await Task.sleep(nanoseconds: 100_000_000)
        cancelled.cancel()
        // Whether the records came before the cancellation does not matter here, but that it ended.
        #expect(try await cancelled.value <= 2)
        reader.close()
        #expect(try await closed.value <= 1)
        log?.close()
    }

    @Test("64 followers each get every record in order, in the writer's process and beside another's")
    func manyFollowers() async throws {
        let path = folder.log()
        let log = try EventLog.open(at: path)
        @Sendable func follow(_ count: UInt64) async throws -> [UInt64] {
            let reader = try EventLog.openForReading(at: path)
            defer { reader.close() }
            var numbers: [UInt64] = []
            for try await record in reader.follow(from: 1) {
                numbers.append(record.sequence)
                if record.sequence == count { break }
            }
            return numbers
        }
        let own = (0..<64).map { _ in Task { try await follow(500) } }
        for _ in 1...500 { try log.submit(Step(records: [[1]])) { _ in } }
        for follower in own { #expect(try await follower.value == Array(1...500)) }
        log.close()
        let foreign = (0..<64).map { _ in Task { try await follow(503) } }
        for _ in 0..<3 { _ = try Child(["once", path]).lines() }
        for follower in foreign { #expect(try await follower.value == Array(1...503)) }
    }

    @Test("a slow follower keeps no pages from being used again (LOG-6)")
    func slowFollower() async throws {
        func fileBytes(_ name: String, isFollowed: Bool) async throws -> UInt64 {
            let log = try EventLog.open(at: folder.log(name))
            try await log.append(Step(records: [[1]]))
            var follower = log.follow(from: 1).makeAsyncIterator()
            if isFollowed { #expect(try await follower.next()?.sequence == 1) }
            for _ in 0..<400 { try await log.append(Step(records: [[2]])) }
            if isFollowed { #expect(try await follower.next()?.sequence == 2) }
            defer { log.close() }
            return try log.reader.statistics().fileBytes
        }
        let alone = try await fileBytes("alone", isFollowed: false)
        #expect(try await fileBytes("followed", isFollowed: true) <= alone + 16 * 4096)
    }

    @Test("a reader that was killed in the middle of a page does not keep pages for ever (LOG-6)")
    func killedReader() async throws {
        let path = folder.log()
        try await makeLog(at: path, sampleSteps(3))
        let child = try Child(["read-and-wait", path])
        #expect(child.line() == "reading 1")
        _ = child.kill9()
        let log = try EventLog.open(at: path)
        for _ in 0..<400 { try await log.append(Step(records: [[2]])) }
        // With the dead reader's state kept, each of the 400 commits would have left its pages behind.
        #expect(try log.reader.statistics().fileBytes < 400 * 4096)
        log.close()
        #expect(try ChildProgram.verify(path).ok)
    }

    @Test("a reader sees every state that another process commits, in short transactions (LOG-6)")
    func readingDuringWrites() async throws {
        let path = folder.log()
        let child = try Child(["append", path])
        for _ in 0..<50 { _ = child.line() }
        let reader = try EventLog.openForReading(at: path)
        var head: UInt64 = 0
        for _ in 0..<200 {
            // The child waits when its output is not read.
            _ = child.line()
            let next = try reader.head()
            #expect(next >= head)
            head = next
            #expect(try reader.read(from: head, limit: 1).first?.sequence == head)
        }
        let report = try EventLogVerifier.verifyInProcess(path: path)
        #expect(report.ok, "\(report)")
        #expect(report.records >= head)
        _ = child.kill9()
        reader.close()
    }
}

extension Array where Element == Record {
    init(_ follower: EventLogFollower) async throws {
        self = []
        for try await record in follower { append(record) }
    }
}
