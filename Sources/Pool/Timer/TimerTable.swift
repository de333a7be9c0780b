/// The timers that are set, earliest first; equal times in the order of kind and subject.
///
/// They stand apart by kind, since most of those that are set at one time are of few kinds: each look-up then compares
/// two numbers, and the kinds of which there are as many as tasks are not in the way of those of which there are as many
/// as browsers.
public struct TimerTable: Sendable {
    /// A timer's due time and subject as one number, in the order of timers of one kind.
    private struct Due: Comparable {
        private let number: UInt128

        @inline(__always)
        init(_ subject: UInt64, at due: EventTime) {
            number = UInt128(due.nanoseconds) << 64 | UInt128(subject)
        }

        var at: EventTime { EventTime(nanoseconds: UInt64(truncatingIfNeeded: number >> 64)) }
        var subject: UInt64 { UInt64(truncatingIfNeeded: number) }

        @inline(__always)
        static func < (left: Due, right: Due) -> Bool { left.number < right.number }
    }

    /// The timers of each kind, at the place of the kind's number; as many kinds as were needed so far.
    private var kinds: [SortedBlocks<Due>] = []
    /// What was read out of order; such a table can only be written and compared again.
    private var disordered: [TimerState]?

    public init() {}

    /// All of them, in their order.
    public var timers: [TimerState] {
        if let disordered { return disordered }
        var timers: [TimerState] = []
        for kind in TimerKind.allCases where Int(kind.rawValue) < kinds.count {
            for due in kinds[Int(kind.rawValue)] { timers.append(Self.timer(kind, due)) }
        }
        timers.sort(by: Self.precedes)
        return timers
    }

    /// The timer that is due first.
    public var earliest: TimerState? {
        var earliest: TimerState?
        for kind in TimerKind.allCases where Int(kind.rawValue) < kinds.count {
            guard let due = kinds[Int(kind.rawValue)].first else { continue }
            // Of equal times the lower kind is first, and it is looked at first.
            if earliest.map({ due.at < $0.dueAt }) ?? true { earliest = Self.timer(kind, due) }
        }
        return earliest
    }

    private static func timer(_ kind: TimerKind, _ due: Due) -> TimerState {
        TimerState(dueAt: due.at, kind: kind, subject: due.subject)
    }

    /// Whether the timers stand in their order, as everything here relies on.
    var isOrdered: Bool { disordered == nil }

    private static func precedes(_ left: TimerState, _ right: TimerState) -> Bool {
        if left.dueAt != right.dueAt { return left.dueAt < right.dueAt }
        if left.kind != right.kind { return left.kind.rawValue < right.kind.rawValue }
        return left.subject < right.subject
    }

    /// Whether this very timer is set: its kind, subject and due time.
    public func contains(_ timer: TimerState) -> Bool {
        let kind = Int(timer.kind.rawValue)
        return kind < kinds.count && kinds[kind].contains(Due(timer.subject, at: timer.dueAt))
    }

    mutating func set(_ kind: TimerKind, _ subject: UInt64, at due: EventTime) {
        kinds[place(of: kind)].insert(Due(subject, at: due))
    }

    /// Clears a timer of which the due time is known, and sets it for another time.
    mutating func move(_ kind: TimerKind, _ subject: UInt64, from old: EventTime, to due: EventTime) {
        kinds[place(of: kind)].replace(Due(subject, at: old), with: Due(subject, at: due))
    }

    /// Clears a timer of which the due time is known; nothing happens when it is not set.
    mutating func clear(_ kind: TimerKind, _ subject: UInt64, at due: EventTime) {
        kinds[place(of: kind)].remove(Due(subject, at: due))
    }

    /// Clears a timer of which the due time is not at hand. All of its kind are looked at: it must be a kind of which
    /// there are no more than browsers and lanes.
    mutating func clear(_ kind: TimerKind, _ subject: UInt64) {
        let place = place(of: kind)
        while let due = kinds[place].first(where: { $0.subject == subject }) { kinds[place].remove(due) }
    }

    @inline(__always)
    private mutating func place(of kind: TimerKind) -> Int {
        let place = Int(kind.rawValue)
        if kinds.count <= place { makeRoom(for: place) }
        return place
    }

    private mutating func makeRoom(for place: Int) {
        while kinds.count <= place { kinds.append(SortedBlocks()) }
    }

    mutating func clearAll() { self = TimerTable() }

    mutating func visit<V: FieldVisitor>(_ visitor: inout V, _ number: Int, _ name: StaticString) {
        var timers = timers
        visitor.messages(number, name, &timers)
        if !V.isReadOnly { self = TimerTable(timers) }
    }

    /// The table of these timers, in whichever order they are.
    private init(_ timers: [TimerState]) {
        guard zip(timers, timers.dropFirst()).allSatisfy({ Self.precedes($0, $1) }) else {
            disordered = timers
            return
        }
        for timer in timers { set(timer.kind, timer.subject, at: timer.dueAt) }
    }
}

extension TimerTable: Equatable {
    public static func == (left: TimerTable, right: TimerTable) -> Bool { left.timers == right.timers }
}
