import Pool
import PoolEngine
import Synchronization

/// Results of a run that have come and are recorded together, so that the log stays in proportion to the work: 250 ms after
/// those before them, or as soon as there are 64 items; never more than 64 at once, unless one call gave more. A browser that
/// fails meanwhile takes none of them along: its host drains them first.
final class ResultBuffer: Sendable {
    private let setting: RunSetting
    private let reporter: RunReporter
    /// How long results wait for others: 250 ms, or less where checkpoints may not be so far apart.
    private let patience: Duration
    private let state = Mutex(State())

    private struct State {
        var items: Range<UInt64>?
        var outputs: [UInt8] = []
        var runMs = 0.0
        var drainedAt = ContinuousClock.now

        mutating func append(_ next: Range<UInt64>, _ results: [UInt8], runMs: Double) {
            if let items {
                outputs[outputs.count - 1] = UInt8(ascii: ",")
                outputs += results.dropFirst()
                self.items = items.lowerBound..<next.upperBound
            } else {
                outputs = results
                items = next
            }
            self.runMs += runMs
        }
    }

    private static let itemLimit = 64

    init(_ setting: RunSetting, _ reporter: RunReporter) {
        self.setting = setting
        self.reporter = reporter
        patience = .milliseconds(Int64(min(setting.effect.syncIntervalMs, 250)))
    }

    /// Takes the results of the next items, and has those that are here recorded when that is due.
    ///
    /// - Parameter results: A JSON array with one object per item.
    func add(_ next: Range<UInt64>, _ results: [UInt8], runMs: Double) async {
        setting.meter.count(items: next.count, runMs: runMs)
        let isFull = state.withLock { state in
            state.items.map { $0.count + next.count > Self.itemLimit } ?? false
        }
        if isFull { await reporter.record(self) }
        let isDue = state.withLock { state in
            state.append(next, results, runMs: runMs)
            return state.items.map(\.count) ?? 0 >= Self.itemLimit
                || ContinuousClock.now - state.drainedAt >= patience
        }
        if isDue { await reporter.record(self) }
    }

    /// Has what is here recorded.
    func flush() async { await reporter.record(self) }

    /// The report of what is here, which is not here any more; nil when there is nothing.
    func drain() -> Report? {
        let drained = state.withLock { state -> State? in
            guard state.items != nil else { return nil }
            defer { state = State() }
            return state
        }
        guard let drained, let items = drained.items else { return nil }
        return setting.progressed(items, drained.outputs, runMs: drained.runMs)
    }
}

/// To whom a run reports.
struct RunReporter: Sendable {
    /// Takes a report.
    let report: @Sendable (Report) async -> Void
    /// Told of the run's buffer before its first result.
    let hold: @Sendable (ResultBuffer) async -> Void
    /// Drains the buffer and takes what was in it, after every report that came before.
    let record: @Sendable (ResultBuffer) async -> Void

    func callAsFunction(_ report: Report) async { await self.report(report) }
}
