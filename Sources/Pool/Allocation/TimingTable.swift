/// What was measured of how long models take: one entry for each model, backend and kind of browser that was measured,
/// of which the one measured longest ago goes when there are too many.
public struct TimingTable: Sendable, Equatable {
    /// Most entries that are kept.
    static let limit = 256

    /// In the order of model, backend and browser.
    private(set) var timings: [ModelTiming] = []
    /// The entries as they were at one time, the one measured longest ago last: to go through all of them for each that
    /// goes would be half of the cost. Those that have been measured since are not among the oldest any more.
    private var byAge: [ModelTiming] = []

    init() {}

    public static func == (left: TimingTable, right: TimingTable) -> Bool { left.timings == right.timings }

    /// Whether it is what events can have given: in order, each entry there once, and every one of a run.
    var isSound: Bool {
        zip(timings, timings.dropFirst()).allSatisfy { Self.precedes($0, $1) } && timings.count <= Self.limit
            && timings.allSatisfy { $0.runs > 0 }
    }

    /// What was measured of a model on a backend: one for each kind of browser.
    func timings(of model: Digest, on backend: Backend) -> ArraySlice<ModelTiming> {
        let start = lowerBound(model, backend, nil)
        let end = timings[start...].firstIndex { $0.modelDigest != model || $0.backend != backend }
        return timings[start..<(end ?? timings.endIndex)]
    }

    /// Takes in a run that took so long for each of its items, and gives that time in thousandths of what it was
    /// before, 1,000 for the first run.
    mutating func measure(
        _ model: Digest, _ backend: Backend, _ browser: BrowserKind, itemNs: UInt64, by event: UInt64
    ) -> UInt64 {
        let place = lowerBound(model, backend, browser)
        guard place < timings.count, timings[place].modelDigest == model,
            timings[place].backend == backend, timings[place].browser == browser
        else {
            let first = ModelTiming(
                modelDigest: model, backend: backend, browser: browser, runs: 1, itemNs: itemNs,
                measuredBy: event)
            if timings.count < Self.limit {
                timings.insert(first, at: place)
            } else {
                replaceOldest(by: first, at: place)
            }
            return 1_000
        }
        let mean = max(timings[place].itemNs, 1)
        timings[place].runs = min(timings[place].runs, .max - 1) + 1
        timings[place].itemNs = FixedPoint.moving(mean, towards: itemNs, by: min(timings[place].runs, 8))
        timings[place].measuredBy = event
        return FixedPoint.ratioMilli(itemNs, to: mean)
    }

    /// Removes the entry measured longest ago and inserts another one before what stands at a place; only those between
    /// the two are moved.
    private mutating func replaceOldest(by timing: ModelTiming, at place: Int) {
        let oldest = takeOldest()
        timings.withUnsafeMutableBufferPointer { timings in
            guard let start = timings.baseAddress else { return }
            (start + oldest).deinitialize(count: 1)
            if oldest < place {
                (start + oldest).moveInitialize(from: start + oldest + 1, count: place - 1 - oldest)
                (start + place - 1).initialize(to: timing)
            } else {
                (start + place + 1).moveInitialize(from: start + place, count: oldest - place)
                (start + place).initialize(to: timing)
            }
        }
    }

    /// Where the entry measured longest ago stands, which goes; of several the first.
    private mutating func takeOldest() -> Int {
        while true {
            while let oldest = byAge.popLast() {
                let place = lowerBound(oldest.modelDigest, oldest.backend, oldest.browser)
                if place < timings.count, timings[place] == oldest { return place }
            }
            let places = timings.indices.sorted {
                (timings[$0].measuredBy, $0) > (timings[$1].measuredBy, $1)
            }
            byAge = places.map { timings[$0] }
        }
    }

    /// The first entry that is not before a model, a backend and a browser; without a browser, before all of theirs.
    private func lowerBound(_ model: Digest, _ backend: Backend, _ browser: BrowserKind?) -> Int {
        var (low, high) = (0, timings.count)
        while low < high {
            let middle = (low + high) / 2
            let isBefore: Bool
            if timings[middle].modelDigest != model {
                isBefore = timings[middle].modelDigest < model
            } else if timings[middle].backend != backend {
                isBefore = timings[middle].backend.rawValue < backend.rawValue
            } else {
                isBefore = timings[middle].browser.rawValue < browser?.rawValue ?? 0
            }
            if isBefore { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private static func precedes(_ left: ModelTiming, _ right: ModelTiming) -> Bool {
        if left.modelDigest != right.modelDigest { return left.modelDigest < right.modelDigest }
        if left.backend != right.backend { return left.backend.rawValue < right.backend.rawValue }
        return left.browser.rawValue < right.browser.rawValue
    }

    mutating func visit<V: FieldVisitor>(_ visitor: inout V, _ number: Int, _ name: StaticString) {
        visitor.messages(number, name, &timings)
        if !V.isReadOnly { byAge = [] }
    }
}
