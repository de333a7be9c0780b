import CLogBaselines
import EventLog
import Measuring
import PoolEngine

/// What a pool's engine does with a log when it starts.
enum WeirFold {
    /// Nanoseconds of each of some folds of a log that is opened once.
    static func fold(folder: String, passes: Int, expecting events: Int) throws -> [UInt64] {
        let reader = try EventLog.openForReading(at: folder)
        defer { reader.close() }
        return try (0..<passes).map { _ in
            let began = clb_now()
            let state = try LogEventSource(reader).foldedState()
            let spent = clb_now() - began
            guard state.position == events else {
                throw BenchmarkError("\(state.position) of \(events) events were folded")
            }
            return spent
        }
    }

    /// Nanoseconds from the opening of a log for writing until the pool's state is there.
    static func open(folder: String, expecting events: Int) throws -> UInt64 {
        let began = clb_now()
        let log = try EventLog.open(at: folder)
        defer { log.close() }
        let state = try LogEventStore(log).foldedState()
        let spent = clb_now() - began
        guard state.position == events else {
            throw BenchmarkError("\(state.position) of \(events) events were folded")
        }
        return spent
    }
}
