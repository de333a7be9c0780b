/// Who waits for a watermark to come to a position.
struct PositionWaiters {
    typealias Waiter = @Sendable (Result<UInt64, EventLogError>) -> Void

    private var waiting: [(number: UInt64, position: UInt64, body: Waiter)] = []
    private var nextNumber: UInt64 = 1

    /// The furthest position that anybody waits for.
    var furthest: UInt64? { waiting.map(\.position).max() }

    /// Adds one that waits for a position; the number takes it back.
    mutating func add(_ position: UInt64, _ body: @escaping Waiter) -> UInt64 {
        let number = nextNumber
        nextNumber += 1
        waiting.append((number, position, body))
        return number
    }

    /// Adds one that waits for a step that somebody else appended.
    mutating func add(_ range: ClosedRange<UInt64>, _ acknowledgement: Acknowledgement) {
        _ = add(range.upperBound) { result in
            acknowledgement.give(result.map { _ in range })
        }
    }

    /// Takes out one, nil if it has been taken already.
    mutating func take(_ number: UInt64) -> Waiter? {
        waiting.firstIndex { $0.number == number }.map { waiting.remove(at: $0).body }
    }

    /// Takes out all that wait for positions up to `head`.
    mutating func take(through head: UInt64) -> [Waiter] {
        guard !waiting.isEmpty else { return [] }
        let ready = waiting.filter { $0.position <= head }.map(\.body)
        if !ready.isEmpty { waiting.removeAll { $0.position <= head } }
        return ready
    }
}
