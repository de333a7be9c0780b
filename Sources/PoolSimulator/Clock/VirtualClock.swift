import Pool

/// Virtual time: a queue of what is to happen, which passes from one thing to the next at once.
///
/// Things planned for the same time happen in the order in which they were planned.
public struct VirtualClock<Occurrence: Sendable>: Sendable {
    /// The present.
    public private(set) var now: EventTime
    /// A binary heap, earliest first. It holds places of what is planned: that itself is large, and stays where it is.
    private var heap: [Planned] = []
    private var occurrences: [Occurrence?] = []
    /// Places in `occurrences` that hold nothing.
    private var free: [Int] = []
    private var planned: UInt64 = 0

    private struct Planned: Sendable {
        var at: EventTime
        var order: UInt64
        var place: Int

        func precedes(_ other: Planned) -> Bool {
            at != other.at ? at < other.at : order < other.order
        }
    }

    public init(now: EventTime) { self.now = now }

    /// When the next thing happens; nil when nothing is planned.
    public var nextAt: EventTime? { heap.first?.at }

    /// Plans something; a time that has passed means now.
    public mutating func plan(_ occurrence: Occurrence, at time: EventTime) {
        heap.append(Planned(at: max(time, now), order: planned, place: keep(occurrence)))
        planned += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].precedes(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    /// Plans something for after a delay, in nanoseconds.
    public mutating func plan(_ occurrence: Occurrence, afterNs delay: UInt64) {
        plan(occurrence, at: EventTime(nanoseconds: now.nanoseconds + delay))
    }

    private mutating func keep(_ occurrence: Occurrence) -> Int {
        guard let place = free.popLast() else {
            occurrences.append(occurrence)
            return occurrences.count - 1
        }
        occurrences[place] = occurrence
        return place
    }

    /// Passes to the next thing and takes it out.
    public mutating func advance() -> Occurrence? {
        guard let first = heap.first else { return nil }
        now = max(now, first.at)
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        sinkFirst()
        free.append(first.place)
        return occurrences[first.place].take()
    }

    private mutating func sinkFirst() {
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].precedes(heap[least]) { least = child }
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }

    /// Passes to a time at which nothing that is planned has been left behind.
    public mutating func advance(to time: EventTime) {
        precondition(nextAt.map { time <= $0 } ?? true, "time passes over something that is planned")
        now = max(now, time)
    }
}
