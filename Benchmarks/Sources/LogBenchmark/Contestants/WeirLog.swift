import CLogBaselines
import Dispatch
import EventLog
import LogWorkload
import Measuring

/// Weir's log, and all that this benchmark knows of it.
///
/// What is timed begins with the bytes of the payloads and ends with the acknowledgement: building the step, its checks,
/// its digest and its index entries are part of it.
class WeirLog: Contestant {
    class var title: String { "Weir" }

    final let log: EventLog
    final let source: StepSource
    /// How many records are accepted.
    final var head: UInt64 { log.acceptedHead }

    required init(folder: String, mix: EventMix, payloadBytes: Int) throws {
        log = try EventLog.open(at: folder)
        source = StepSource(mix: mix, payloadBytes: payloadBytes)
    }

    /// In a closed loop: the next step is built when the one before is durable.
    func turn(batch: Int, until bound: Bound) throws -> Turn {
        try blocking { [log, source] in
            var turn = Turn()
            while !bound.isReached(
                nanoseconds: turn.nanoseconds, commits: turn.latencies.count,
                bytes: turn.events * source.payloadBytes)
            {
                let place = Int(log.acceptedHead)
                let began = clb_now()
                try await log.append(source.step(at: place, batch: batch))
                let spent = clb_now() - began
                turn.latencies.append(spent)
                turn.nanoseconds += spent
                turn.events += batch
            }
            return turn
        }
    }

    final func close() { log.close() }

    /// Tasks that each append in a closed loop.
    ///
    /// - Returns: What they appended, and in how many commits.
    final func contend(writers: Int, batch: Int, seconds: Double) throws -> (turn: Turn, commits: Int) {
        let commitsBefore = try commits()
        let turn = try blocking { [log, source] in
            let began = clb_now()
            let until = began + UInt64(seconds * 1e9)
            let events = try await withThrowingTaskGroup(of: Int.self) { group in
                for writer in 0..<writers {
                    group.addTask {
                        var place = WriterPlaces.start(writer)
                        var events = 0
                        while clb_now() < until {
                            try await log.append(source.step(at: place, batch: batch))
                            place += batch
                            events += batch
                        }
                        return events
                    }
                }
                return try await group.reduce(0, +)
            }
            return Turn(events: events, nanoseconds: clb_now() - began)
        }
        return (turn, try commits() - commitsBefore)
    }

    /// How many commits the log has had; each is a transaction of LMDB.
    private func commits() throws -> Int {
        var number: UInt64 = 0
        try check(clb_lmdb_last_transaction(StoredWeirLog.file(in: log.reader.path), &number))
        return Int(number)
    }

    /// Appends this many events, to be read then.
    final func fill(events: Int, batch: Int) throws {
        var place = 0
        while place < events {
            let count = min(batch, events - place)
            try log.submit(source.step(at: place, batch: count)) { _ in }
            place += count
            if log.acceptedHead - log.durableHead > 100_000 {
                _ = try blocking { [log] in try await log.durable(through: log.acceptedHead) }
            }
        }
        _ = try blocking { [log] in try await log.durable(through: log.acceptedHead) }
    }
}

/// Weir's log with two steps under way: the caller builds and hashes one while the one before is committed. Each is
/// still a commit of its own.
final class OverlappedWeirLog: WeirLog {
    override class var title: String { "Weir, two steps in flight" }

    override func turn(batch: Int, until bound: Bound) throws -> Turn {
        let slots = DispatchSemaphore(value: 2)
        let failure = Shared<EventLogError?>(nil)
        var events = 0
        let began = clb_now()
        while !bound.isReached(
            nanoseconds: clb_now() - began, commits: events / batch, bytes: events * source.payloadBytes)
        {
            let step = source.step(at: Int(head), batch: batch)
            slots.wait()
            try log.submit(step) { result in
                if case .failure(let error) = result { failure.value = error }
                slots.signal()
            }
            events += batch
        }
        slots.wait()
        slots.wait()
        let spent = clb_now() - began
        // A semaphore must not end below the value that it began with.
        slots.signal()
        slots.signal()
        if let error = failure.value { throw error }
        return Turn(events: events, nanoseconds: spent)
    }
}

/// Weir's log as a file that is only read.
enum StoredWeirLog {
    /// The file that holds the records.
    static func file(in folder: String) -> String { folder + "/data.mdb" }

    /// Nanoseconds of each of some passes over the log, opened once.
    static func scan(folder: String, checking: Bool, passes: Int, expecting events: Int) throws -> [UInt64] {
        let reader = try EventLog.openForReading(at: folder)
        defer { reader.close() }
        return try (0..<passes).map { _ in
            var count = 0
            var bytes = 0
            let began = clb_now()
            try reader.scan(from: 1, checking: checking) { record in
                count += 1
                bytes &+= record.payload.byteCount
            }
            let spent = clb_now() - began
            guard count == events else { throw BenchmarkError("\(count) of \(events) records were read") }
            return spent
        }
    }
}
