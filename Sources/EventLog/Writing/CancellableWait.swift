import Synchronization

/// Brings together a wait and its cancellation, whichever comes first.
final class CancellableWait: Sendable {
    /// The wait's number, or one of the two below.
    private let state = Atomic(new)

    private static let new = UInt64.max
    private static let cancelled = UInt64.max - 1

    /// Notes the wait's number, counted from 0; true if it was cancelled already.
    func begin(_ number: UInt64) -> Bool {
        let (isNew, _) = state.compareExchange(
            expected: Self.new, desired: number, ordering: .acquiringAndReleasing)
        return !isNew
    }

    /// Cancels; the number of the wait if it has begun.
    func cancel() -> UInt64? {
        let number = state.exchange(Self.cancelled, ordering: .acquiringAndReleasing)
        return number < Self.cancelled ? number : nil
    }
}
