import EventLog

/// How far a long command has come: one line on a terminal's standard error, nothing elsewhere.
final class LiveProgress {
    private let what: String
    private let total: UInt64?
    private let isLive: Bool
    private var lastShown: ContinuousClock.Instant?

    /// - Parameters:
    ///   - what: What is being done, such as `verified`.
    ///   - total: The event with which it is done, if that is known.
    init(_ what: String, of total: UInt64? = nil) {
        self.what = what
        self.total = total
        isLive = Terminal.isLive
    }

    /// Shows an event that has been reached, at most ten times a second.
    func show(_ position: UInt64) {
        guard isLive else { return }
        let now = ContinuousClock.now
        if let lastShown, now - lastShown < .milliseconds(100) { return }
        lastShown = now
        Terminal.show("\(what) \(position)" + (total.map { " of \($0)" } ?? ""))
    }

    /// Takes the line away.
    func end() {
        if isLive, lastShown != nil { Terminal.clearShown() }
        lastShown = nil
    }
}
