import Glibc
import Pool
import PoolEngine

/// One timed pass over a log.
struct Fold {
    /// Processor time of the thread: nothing waits here, so that on a machine of its own it is the time that passes, and
    /// on a shared one it leaves out what others take.
    var seconds: Double
    /// The digest of the state at the end; nil where nothing is folded.
    var digest: Digest?
    var mostTasks = 0
    var tasksSum = 0

    /// Reads every record.
    static func decoding(_ log: EncodedLog) throws -> Fold {
        let seconds = try timed(log) { sequence, buffer in
            let event = try Event(sequence: sequence, decoding: buffer)
            precondition(event.sequence == sequence)
        }
        return Fold(seconds: seconds)
    }

    /// Folds events that are read in pages beforehand, outside the time.
    static func evolving(_ log: EncodedLog) throws -> Fold {
        var fold = Fold(seconds: 0)
        var state = PoolState()
        try log.bytes.withUnsafeBytes { bytes in
            var page: [Event] = []
            for first in stride(from: 0, to: log.count, by: 1024) {
                page.removeAll(keepingCapacity: true)
                for index in first..<min(first + 1024, log.count) {
                    let record = UnsafeRawBufferPointer(
                        rebasing: bytes[log.bounds[index]..<log.bounds[index + 1]])
                    page.append(try Event(sequence: UInt64(index) + 1, decoding: record))
                }
                fold.seconds += try processorSeconds {
                    for event in page { try state.evolve(checking: event) }
                }
                fold.mostTasks = max(fold.mostTasks, state.tasks.count)
                fold.tasksSum += state.tasks.count * page.count
            }
        }
        fold.digest = state.digest
        return fold
    }

    /// Reads every record and folds it.
    static func decodingAndEvolving(_ log: EncodedLog) throws -> Fold {
        var state = PoolState()
        let seconds = try timed(log) { sequence, buffer in
            try state.evolve(checking: Event(sequence: sequence, decoding: buffer))
        }
        return Fold(seconds: seconds, digest: state.digest)
    }

    /// Reads records into batches, without what the fold does not need.
    static func readingRecords(_ log: EncodedLog) throws -> Fold {
        let records = DecodedRecords()
        let seconds = try timed(log) { sequence, buffer in
            records.append(sequence, buffer)
            if sequence % 1024 == 0 { records.removeAll() }
        }
        return Fold(seconds: seconds)
    }

    /// Folds batches that are read beforehand, outside the time.
    static func foldingRecords(_ log: EncodedLog) throws -> Fold {
        var fold = Fold(seconds: 0)
        var state = PoolState()
        let records = DecodedRecords()
        try log.bytes.withUnsafeBytes { bytes in
            for first in stride(from: 0, to: log.count, by: 1024) {
                for index in first..<min(first + 1024, log.count) {
                    records.append(
                        UInt64(index) + 1,
                        UnsafeRawBufferPointer(rebasing: bytes[log.bounds[index]..<log.bounds[index + 1]]))
                }
                fold.seconds += try processorSeconds { try state.evolve(checking: records) }
                records.removeAll()
            }
        }
        fold.digest = state.digest
        return fold
    }

    @inline(__always)
    private static func timed(
        _ log: EncodedLog, _ body: (UInt64, UnsafeRawBufferPointer) throws -> Void
    ) throws -> Double {
        try log.bytes.withUnsafeBytes { bytes in
            try processorSeconds {
                for index in 0..<log.count {
                    try body(
                        UInt64(index) + 1,
                        UnsafeRawBufferPointer(rebasing: bytes[log.bounds[index]..<log.bounds[index + 1]]))
                }
            }
        }
    }

    @inline(__always)
    private static func processorSeconds(_ body: () throws -> Void) rethrows -> Double {
        let before = processorTime
        try body()
        return processorTime - before
    }

    private static var processorTime: Double {
        var time = timespec()
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
