import Pool

/// How predictions of failures turned out in a history: which came true, how long before, and which failures none foretold.
public struct PredictionTally: Sendable, Equatable {
    /// Failures of browsers that had given a sign of life since they became usable.
    public private(set) var failures = 0
    /// Time from a prediction to the failure that it foretold, in milliseconds, in the order of the failures.
    public private(set) var leadsMs: [UInt64] = []
    /// Predictions that were withdrawn.
    public private(set) var falseAlarms = 0

    private var heard: Set<BrowserID> = []
    private var predicted: [BrowserID: EventTime] = [:]

    public init() {}

    /// The share of predictions that came true, of those that came to an end; nil when there was none.
    public var precision: Double? { Self.share(leadsMs.count, of: leadsMs.count + falseAlarms) }
    /// The share of failures that were predicted; nil when there was none.
    public var recall: Double? { Self.share(leadsMs.count, of: failures) }

    private static func share(_ part: Int, of whole: Int) -> Double? {
        whole == 0 ? nil : Double(part) / Double(whole)
    }

    /// Takes in the next event.
    public mutating func take(_ event: Event) {
        switch event.payload {
        case .browserHeartbeat(let heartbeat): heard.insert(heartbeat.browser)
        case .failurePredicted(let prediction): predicted[prediction.browser] = event.at
        case .predictionWithdrawn(let withdrawn):
            predicted[withdrawn.browser] = nil
            falseAlarms += 1
        case .browserFailed(let failed): fail(failed.browser, at: event.at)
        case .browserCloseDecided(let decided):
            switch decided.reason {
            case .failed, .silent, .runNotStopped: fail(decided.browser, at: event.at)
            case .idle, .engineStopping, .launchTimedOut, .quarantined, .recycled: forget(decided.browser)
            }
        case .engineStarted:
            heard = []
            predicted = [:]
        default: break
        }
    }

    private mutating func fail(_ browser: BrowserID, at now: EventTime) {
        defer { forget(browser) }
        guard heard.contains(browser) else { return }
        failures += 1
        if let at = predicted[browser] { leadsMs.append(now.nanoseconds(since: at) / 1_000_000) }
    }

    private mutating func forget(_ browser: BrowserID) {
        heard.remove(browser)
        predicted[browser] = nil
    }

    /// Adds what another history gave.
    public mutating func add(_ other: PredictionTally) {
        failures += other.failures
        leadsMs += other.leadsMs
        falseAlarms += other.falseAlarms
    }
}
