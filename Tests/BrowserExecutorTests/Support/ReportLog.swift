import Pool
import PoolEngine
import Synchronization
import Testing

/// What an executor has reported so far, in order.
final class ReportLog: Sendable {
    private let reports = Mutex<[Report]>([])

    var all: [Report] { reports.withLock { $0 } }
    var observations: [EventPayload] { all.map(\.observation) }

    func add(_ report: Report) { reports.withLock { $0.append(report) } }

    /// The first report that the closure takes; fails the test if none comes.
    func first<Value>(
        within limit: Duration = .seconds(60), sourceLocation: SourceLocation = #_sourceLocation,
        _ take: (EventPayload) -> Value?
    ) async throws -> Value {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            if let value = observations.lazy.compactMap(take).first { return value }
            try await Task.sleep(for: .milliseconds(5))
        }
        return try #require(
            nil as Value?, "not reported within \(limit): \(observations)", sourceLocation: sourceLocation)
    }
}

extension EventPayload {
    var launched: BrowserLaunched? { if case .browserLaunched(let value) = self { value } else { nil } }
    var launchFailed: BrowserLaunchFailed? {
        if case .browserLaunchFailed(let value) = self { value } else { nil }
    }
    var failed: BrowserFailed? { if case .browserFailed(let value) = self { value } else { nil } }
    var closed: BrowserClosed? { if case .browserClosed(let value) = self { value } else { nil } }
    var started: RunStarted? { if case .runStarted(let value) = self { value } else { nil } }
    var agreed: GroupAgreed? { if case .groupAgreed(let value) = self { value } else { nil } }
    var progressed: RunProgressed? { if case .runProgressed(let value) = self { value } else { nil } }
    var completed: RunCompleted? { if case .runCompleted(let value) = self { value } else { nil } }
    var runFailed: RunFailed? { if case .runFailed(let value) = self { value } else { nil } }
    var rungEnded: RungEnded? { if case .rungEnded(let value) = self { value } else { nil } }
    var stopped: RunStopped? { if case .runStopped(let value) = self { value } else { nil } }

    /// The obligation that the report answers or belongs to, if any.
    var obligation: ObligationID? {
        started?.obligation ?? progressed?.obligation ?? completed?.obligation ?? runFailed?.obligation
            ?? stopped?.obligation ?? closed?.obligation ?? launched?.obligation ?? launchFailed?.obligation
    }
}
