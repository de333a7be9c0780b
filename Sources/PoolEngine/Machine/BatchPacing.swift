/// How many items of a run share a batch, so that its results come no further apart than the pool's checkpoints may be.
///
/// A batch has as many items as the task asks for, or as many as the interval has room for by the time that an item of the
/// batch before took; one item at least. The first batch, of which nothing is known, is a whole one.
public struct BatchPacing: Sendable {
    private let most: UInt64
    private let intervalMs: Double
    private var itemMs: Double?

    /// - Parameters:
    ///   - most: Items that share a batch at most.
    ///   - intervalMs: Longest time between two checkpoints of the run, in milliseconds.
    public init(most: UInt32, intervalMs: UInt64) {
        self.most = UInt64(max(most, 1))
        self.intervalMs = Double(intervalMs)
    }

    /// Items of the next batch.
    public var items: UInt64 {
        guard let itemMs, itemMs * Double(most) > intervalMs else { return most }
        return max(UInt64(intervalMs / itemMs), 1)
    }

    /// Takes in that a batch of so many items took so long, in milliseconds.
    public mutating func took(_ ms: Double, items: Int) {
        guard items > 0, ms.isFinite, ms >= 0 else { return }
        itemMs = ms / Double(items)
    }
}
