import EventLog
import Foundation
import Testing

@Suite struct ConditionTests {
    let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
    }

    private func step(_ byte: UInt8, _ stream: StreamID? = nil) -> Step {
        var step = Step()
        step.append([byte], type: 1, streams: stream.map { [$0] } ?? [])
        return step
    }

    @Test("a lazy step is acknowledged at once and committed with the next durable one")
    func lazy() async throws {
        var options = EventLog.Options()
        options.lazyNanoseconds = 3_600_000_000_000
        let log = try EventLog.open(at: folder.log(), options: options)
        #expect(try await log.append(step(1), durability: .lazy) == 1...1)
        #expect(log.acceptedHead == 1 && log.durableHead == 0)
        #expect(try await log.append(step(2)) == 2...2)
        #expect(log.durableHead == 2)
        #expect(try log.read(from: 1, limit: 9).map(\.bytes) == [[1], [2]])
    }

    @Test("a lazy step is committed within the stated time when no durable one comes")
    func lazyDeadline() async throws {
        var options = EventLog.Options()
        options.lazyNanoseconds = 20_000_000
        let path = folder.log()
        let log = try EventLog.open(at: path, options: options)
        try await log.append(step(1), durability: .lazy)
        // A reader of its own sees what is durable, without hastening it.
        let reader = try EventLog.openForReading(at: path)
        try await reader.waitForRecord(after: 0)
        #expect(try reader.head() == 1)
        reader.close()
    }

    @Test("waiting for durability hastens lazy steps; both watermarks can be awaited")
    func watermarks() async throws {
        var options = EventLog.Options()
        options.lazyNanoseconds = 3_600_000_000_000
        let log = try EventLog.open(at: folder.log(), options: options)
        async let accepted = log.accepted(through: 2)
        async let durable = log.durable(through: 2)
        try await log.append(step(1), durability: .lazy)
        try await log.append(step(2), durability: .lazy)
        #expect(try await accepted >= 2)
        #expect(try await durable >= 2)
        #expect(try await log.durable(through: 1) == 2)
    }

    @Test("a wait for a position ends when its task is cancelled, and when the log is closed")
    func endOfWaiting() async throws {
        let path = folder.log()
        let log = try EventLog.open(at: path)
        let cancelled = Task { try await log.durable(through: 5) }
        cancelled.cancel()
        #expect(try await cancelled.value == 0)
        let closed = Task { try await log.accepted(through: 5) }
        try await Task.sleep(nanoseconds: 20_000_000)
        log.close()
        await #expect(throws: EventLogError.closed(path: path)) { try await closed.value }
    }

    @Test("a step whose expectation is not met is refused and takes no position, also behind steps that wait")
    func expectations() async throws {
        let log = try EventLog.open(at: folder.log())
        let (one, other) = (StreamID(name: "one"), StreamID(name: "other"))
        #expect(try await log.append(step(1, one), expecting: .head(0)) == 1...1)
        #expect(try await log.append(step(2, other), expecting: .stream(other, newest: 0)) == 2...2)
        await #expect(throws: EventLogError.unexpectedHead(expected: 1, actual: 2)) {
            try await log.append(step(3), expecting: .head(1))
        }
        await #expect(throws: EventLogError.unexpectedStream(one, expected: 0, actual: 1)) {
            try await log.append(step(3, one), expecting: .stream(one, newest: 0))
        }
        // The writer is held in a completion, so that the next steps wait in the queue.
        let release = DispatchSemaphore(value: 0)
        try log.submit(step(3)) { _ in release.wait() }
        try log.submit(step(4, one), expecting: .stream(one, newest: 1)) { _ in }
        #expect(throws: EventLogError.unexpectedStream(one, expected: 1, actual: 4)) {
            try log.submit(step(5, one), expecting: .stream(one, newest: 1)) { _ in }
        }
        #expect(throws: EventLogError.unexpectedHead(expected: 3, actual: 4)) {
            try log.submit(step(5), expecting: .head(3)) { _ in }
        }
        release.signal()
        #expect(try await log.append(step(5, one), expecting: .stream(one, newest: 4)) == 5...5)
    }

    @Test("writers that race for the newest place of a stream: each place is won once (LOG-1)")
    func race() async throws {
        let log = try EventLog.open(at: folder.log())
        let stream = StreamID(7)
        let wins = await withTaskGroup(of: Int.self) { group in
            for task in 0..<8 {
                group.addTask {
                    var wins = 0
                    for _ in 0..<20 {
                        let newest = (try? log.reader.newest(of: stream)) ?? 0
                        let won = try? await log.append(
                            step(UInt8(task), stream), expecting: .stream(stream, newest: newest))
                        wins += won == nil ? 0 : 1
                    }
                    return wins
                }
            }
            return await group.reduce(0, +)
        }
        #expect(wins == Int(log.durableHead) && wins > 0)
    }

    @Test("a step with a key is appended once: the same key gives the first positions, also after a restart")
    func idempotency() async throws {
        let path = folder.log()
        let time = Locked<UInt64>(1_000)
        var options = EventLog.Options()
        options.keyWindowNanoseconds = 500
        options.wallClockNanoseconds = { time.withLock { $0 } }
        var log = try EventLog.open(at: path, options: options)
        var keyed = Step(records: [[1], [2], [3]])
        keyed.key = Array("order 17".utf8)
        try await log.append(step(9))
        #expect(try await log.append(keyed) == 2...4)
        #expect(try await log.append(keyed) == 2...4)
        var other = Step(records: [[7]])
        other.key = Array("order 18".utf8)
        #expect(try await log.append(other) == 5...5)
        log.close()
        log = try EventLog.open(at: path, options: options)
        time.withLock { $0 = 1_500 }
        #expect(try await log.append(keyed) == 2...4)
        time.withLock { $0 = 1_501 }
        #expect(try await log.append(keyed) == 6...8)
        log.close()
        #expect(try EventLogVerifier.verifyInProcess(path: path).ok)
    }

    @Test("a key that is still waiting for its commit answers with the same positions, when they are durable")
    func idempotencyInFlight() async throws {
        let log = try EventLog.open(at: folder.log())
        let release = DispatchSemaphore(value: 0)
        try log.submit(step(1)) { _ in release.wait() }
        var keyed = Step(records: [[2]])
        keyed.key = [1]
        let told = Locked<[ClosedRange<UInt64>]>([])
        for _ in 0..<3 {
            let range = try log.submit(keyed) { result in
                guard case .success(let range) = result else { return }
                #expect(log.durableHead >= range.upperBound)
                told.withLock { $0.append(range) }
            }
            #expect(range == 2...2)
        }
        #expect(told.withLock { $0.isEmpty })
        release.signal()
        #expect(try await log.append(step(3)) == 3...3)
        log.close()
        #expect(told.withLock { $0 } == [2...2, 2...2, 2...2])
    }

    @Test("a step with a key, streams or blobs beyond the limits is refused")
    func limits() async throws {
        let log = try EventLog.open(at: folder.log())
        var step = Step(records: [[1]])
        step.key = [UInt8](repeating: 1, count: 65)
        await #expect(throws: EventLogError.keyTooLong(bytes: 65, limit: 64)) { try await log.append(step) }
        var streams = Step()
        streams.append([1], streams: (0..<256).map { StreamID(UInt128($0)) })
        await #expect(throws: EventLogError.tooManyStreams(count: 256, limit: 255)) {
            try await log.append(streams)
        }
        #expect(log.acceptedHead == 0)
    }
}
