/// The timers that are set, earliest first; equal times in the order of kind and subject.
public struct TimerTable: Equatable, Sendable {
    /// All of them, in their order.
    public private(set) var timers: [TimerState] = []

    public init() {}

    /// The timer that is due first.
    public var earliest: TimerState? { timers.first }

    /// Whether the timers stand in their order, as everything here relies on.
    var isOrdered: Bool {
        zip(timers, timers.dropFirst()).allSatisfy { Self.precedes($0, $1) }
    }

    private static func precedes(_ left: TimerState, _ right: TimerState) -> Bool {
        if left.dueAt != right.dueAt { return left.dueAt < right.dueAt }
        if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
        return left.subject < right.subject
    }

    private func lowerBound(_ timer: TimerState) -> Int {
        timers.withUnsafeBufferPointer { timers in
            var low = 0
            var high = timers.count
            // What is set is mostly due last.
            if high > 0, Self.precedes(timers[high &- 1], timer) { return high }
            while low < high {
                let middle = (low &+ high) &>> 1
                if Self.precedes(timers[middle], timer) { low = middle &+ 1 } else { high = middle }
            }
            return low
        }
    }

    /// Whether this very timer is set: its kind, subject and due time.
    public func contains(_ timer: TimerState) -> Bool {
        let index = lowerBound(timer)
        return index < timers.count && timers[index] == timer
    }

    mutating func set(_ kind: TimerKind, _ subject: UInt64, at due: EventTime) {
        let timer = TimerState(dueAt: due, kind: kind, subject: subject)
        let index = lowerBound(timer)
        if index == timers.count { return timers.append(timer) }
        if timers[index] == timer { return }
        timers.insert(timer, at: index)
    }

    /// Clears a timer of which the due time is known, and sets it for another time.
    mutating func move(_ kind: TimerKind, _ subject: UInt64, from old: EventTime, to due: EventTime) {
        let cleared = TimerState(dueAt: old, kind: kind, subject: subject)
        let timer = TimerState(dueAt: due, kind: kind, subject: subject)
        let from = lowerBound(cleared)
        let to = lowerBound(timer)
        guard from < to, timers[from] == cleared, to == timers.count || timers[to] != timer else {
            clear(kind, subject, at: old)
            return set(kind, subject, at: due)
        }
        timers.withUnsafeMutableBufferPointer { timers in
            for index in from..<to - 1 { timers[index] = timers[index + 1] }
            timers[to - 1] = timer
        }
    }

    /// Clears a timer of which the due time is known; nothing happens when it is not set.
    mutating func clear(_ kind: TimerKind, _ subject: UInt64, at due: EventTime) {
        let timer = TimerState(dueAt: due, kind: kind, subject: subject)
        let index = lowerBound(timer)
        if index < timers.count, timers[index] == timer { timers.remove(at: index) }
    }

    /// Clears a timer of which the due time is not at hand.
    mutating func clear(_ kind: TimerKind, _ subject: UInt64) {
        timers.removeAll { $0.kind == kind && $0.subject == subject }
    }

    mutating func clearAll() { timers.removeAll() }

    mutating func visit<V: FieldVisitor>(_ visitor: inout V, _ number: Int, _ name: StaticString) {
        visitor.messages(number, name, &timers)
    }
}
