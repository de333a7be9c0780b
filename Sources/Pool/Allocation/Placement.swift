/// Which browsers could best take a task, best first, and how many could not and why.
///
/// Scores are integers in thousandths, each a sum of terms:
/// - preference: 400 for the family's preferred browser, or for every one when the family has none; a prior that
///   counts for less with every run that is measured, half after 4;
/// - residency: 200 for a browser that holds the model;
/// - load: 200 for one with all lanes free, less in proportion;
/// - speed: 400 where an item is expected to take the least time, less in proportion; 200 where nothing was measured;
/// - exploration: 200 √(ln N / n) after n of the N runs that were measured, at most 600, which it is after none: the
///   bonus of UCB1 (Auer, Cesa-Bianchi, Fischer: "Finite-time Analysis of the Multiarmed Bandit Problem", Machine
///   Learning 47, 2002), so that what is unmeasured is tried, and never taken for perfect;
/// - health: 200, less 100 for each failure in a row, and 0 on probation;
/// - affinity: 200 for a browser that last ran a task of the same affinity.
///
/// Equal scores go to the lower id.
struct Placement {
    /// Most candidates that are told apart; those that come after them are not kept.
    static let candidatesKept = 8

    private(set) var candidates: [Candidate] = []
    private(set) var filtered = CandidateFilter()

    init(of task: TaskState, in state: PoolState) {
        let needs = TaskNeeds(of: task)
        let rating = Rating(of: task, in: state)
        let others = state.browsers(ofOtherCopiesThan: task)
        let model = task.spec.modelDigest
        let kept =
            state.modelBreakers.isEmpty ? [] : BrowserKind.allCases.filter { state.isKept(model, from: $0) }
        state.browsers.inspect { browser in
            let lanesTaken = browser.pointee.allocations.count + browser.pointee.stops.count
            let lanes = browser.pointee.breaker == .halfOpen ? 1 : Int(state.policy.lanesPerBrowser)
            if !browser.pointee.phase.isUsable {
                filtered.notReady += 1
            } else if browser.pointee.breaker == .open || browser.pointee.suspected {
                filtered.quarantined += 1
            } else if browser.pointee.recycling != nil {
                filtered.recycling += 1
            } else if lanesTaken >= lanes {
                filtered.noFreeLane += 1
            } else if !browser.pointee.backends.offer(needs.backend) {
                filtered.noBackend += 1
            } else if !needs.isMet(browser.pointee.features, browser.pointee.limits) {
                filtered.noFeature += 1
            } else if !kept.isEmpty, browser.pointee.kind.map(kept.contains) ?? false {
                filtered.modelQuarantined += 1
            } else if lanesTaken > 0, !browser.pointee.hasMemory(for: task, state.policy) {
                filtered.noMemory += 1
            } else if others.contains(browser.pointee.id) {
                filtered.otherCopy += 1
            } else {
                var candidate = Candidate(browser: browser.pointee.id)
                candidate.load = UInt32(200 * (lanes - lanesTaken) / lanes)
                rating.rate(&candidate, browser)
                add(candidate)
            }
        }
    }

    /// Whether other copies of the task keep it out: any other task could take their places.
    var isKeptByCopies: Bool { candidates.isEmpty && filtered.otherCopy > 0 }

    /// Whether its needs keep the task out: tasks with others could take a place.
    var isKeptByNeeds: Bool {
        candidates.isEmpty && filtered.noBackend + filtered.noFeature + filtered.noMemory > 0
    }

    /// Whether what keeps the task out is its model's: tasks of others could take a place.
    var isKeptByModel: Bool { candidates.isEmpty && filtered.modelQuarantined > 0 }

    private mutating func add(_ candidate: Candidate) {
        let place = candidates.firstIndex { $0.score < candidate.score } ?? candidates.count
        guard place < Self.candidatesKept else { return }
        if candidates.count == Self.candidatesKept { candidates.removeLast() }
        candidates.insert(candidate, at: place)
    }
}

/// What speaks for a browser for one task.
private struct Rating {
    let spec: TaskSpec
    let preferred: BrowserKind?
    let timings: ArraySlice<ModelTiming>
    /// Runs measured on all kinds of browsers.
    let runs: UInt64
    /// The least time of an item, in nanoseconds; 0 when nothing was measured.
    let fastestNs: UInt64

    init(of task: TaskState, in state: PoolState) {
        spec = task.spec
        preferred = state.policy.browserPreferences.first { $0.family == task.spec.family }?.browser
        timings = state.timings.timings(of: task.spec.modelDigest, on: task.backend)
        runs = timings.reduce(0) { $0 + UInt64($1.runs) }
        fastestNs = timings.map(\.itemNs).min() ?? 0
    }

    func rate(_ candidate: inout Candidate, _ browser: UnsafePointer<BrowserState>) {
        let kind = browser.pointee.kind
        let timing = timings.first { $0.browser == kind }
        let measured = UInt64(timing?.runs ?? 0)
        if preferred.map({ kind?.satisfies($0) ?? false }) ?? true {
            candidate.preference = UInt32(400 * 4 / (4 + measured))
        }
        if browser.pointee.residentModels.contains(spec.modelDigest) { candidate.residency = 200 }
        if let timing {
            let pace = UInt64(browser.pointee.paceMilli == 0 ? 1_000 : browser.pointee.paceMilli)
            let (product, overflow) = timing.itemNs.multipliedReportingOverflow(by: pace)
            candidate.itemNs = max(overflow ? timing.itemNs / 1_000 * pace : product / 1_000, 1)
            candidate.speed = UInt32(
                min(FixedPoint.ratioMilli(fastestNs, to: candidate.itemNs), 1_000) * 400 / 1_000)
            let spread = FixedPoint.lnMilli(runs) * 1_000 / measured
            candidate.exploration = UInt32(min(FixedPoint.squareRoot(spread) / 5, 600))
        } else {
            candidate.speed = 200
            candidate.exploration = 600
        }
        let strikes = browser.pointee.strikes
        candidate.health = browser.pointee.breaker == .halfOpen || strikes >= 2 ? 0 : 200 - 100 * strikes
        if !spec.affinity.isEmpty, browser.pointee.affinities.contains(spec.affinity) {
            candidate.affinity = 200
        }
        candidate.score =
            candidate.preference + candidate.residency + candidate.load + candidate.speed
            + candidate.exploration + candidate.health + candidate.affinity
    }
}

extension BrowserState {
    /// Whether it has the memory that a task is expected to need besides what it uses. Only a browser with other work is
    /// asked: one without takes any task, or some would never be taken.
    func hasMemory(for task: TaskState, _ policy: PoolPolicy) -> Bool {
        guard policy.browserMemoryLimitBytes > 0 else { return true }
        let (sum, overflow) = memoryBytes.addingReportingOverflow(task.spec.memoryBytes)
        return !overflow && sum <= policy.browserMemoryLimitBytes
    }
}

extension BrowserKind {
    /// Whether this product is what a preference for another one asks for: `chrome` means any build of Chromium that
    /// carries no other vendor's name.
    public func satisfies(_ preference: BrowserKind) -> Bool {
        self == preference || (preference == .chrome && (self == .chromium || self == .headlessShell))
    }
}
