import Pool
import PoolEngine

/// Results of a run that have come and are recorded together, so that the log stays in proportion to the work: 250 ms after
/// those before them, or as soon as there are 64 items; never more than 64 at once, unless one call gave more.
struct ResultBuffer {
    private let setting: RunSetting
    private let report: @Sendable (Report) async -> Void
    private var items: Range<UInt64>?
    private var outputs: [UInt8] = []
    private var runMs = 0.0
    private var recordedAt = ContinuousClock.now

    private static let itemLimit = 64
    /// How long results wait for others: 250 ms, or less where checkpoints may not be so far apart.
    private let patience: Duration

    init(_ setting: RunSetting, _ report: @escaping @Sendable (Report) async -> Void) {
        self.setting = setting
        self.report = report
        patience = .milliseconds(Int64(min(setting.effect.syncIntervalMs, 250)))
    }

    /// Takes the results of the next items, and reports those that are here when that is due.
    ///
    /// - Parameter results: A JSON array with one object per item.
    mutating func add(_ next: Range<UInt64>, _ results: [UInt8], runMs: Double) async {
        setting.meter.count(items: next.count, runMs: runMs)
        if let items, items.count + next.count > Self.itemLimit { await flush() }
        if let items {
            outputs[outputs.count - 1] = UInt8(ascii: ",")
            outputs += results.dropFirst()
            self.items = items.lowerBound..<next.upperBound
        } else {
            outputs = results
            items = next
        }
        self.runMs += runMs
        let count = self.items?.count ?? 0
        if count >= Self.itemLimit || ContinuousClock.now - recordedAt >= patience { await flush() }
    }

    /// Reports what is here.
    mutating func flush() async {
        guard let items else { return }
        let results = setting.progressed(items, outputs, runMs: runMs)
        self.items = nil
        runMs = 0
        recordedAt = .now
        await report(results)
    }
}
