/// Which browsers could best take a task, best first, and how many could not and why.
///
/// Scores are integers in thousandths: 400 for the family's preferred browser, 400 for a browser that holds the model,
/// and 200 for one with all lanes free, less in proportion. Equal scores go to the lower id.
struct Placement {
    /// Most candidates that are told apart; those that come after them are not kept.
    static let candidatesKept = 8

    private(set) var candidates: [Candidate] = []
    private(set) var filtered = CandidateFilter()

    init(of task: TaskState, in state: PoolState) {
        let preferred = state.policy.browserPreferences.first { $0.family == task.spec.family }?.browser
        let allLanes = Int(state.policy.lanesPerBrowser)
        let needs = TaskNeeds(of: task)
        state.browsers.inspect { browser in
            let lanesTaken = browser.pointee.allocations.count + browser.pointee.stops.count
            let lanes = browser.pointee.breaker == .halfOpen ? 1 : allLanes
            if !browser.pointee.phase.isUsable {
                filtered.notReady += 1
            } else if browser.pointee.breaker == .open || browser.pointee.suspected {
                filtered.quarantined += 1
            } else if lanesTaken >= lanes {
                filtered.noFreeLane += 1
            } else if !browser.pointee.backends.offer(needs.backend) {
                filtered.noBackend += 1
            } else {
                var candidate = Candidate(browser: browser.pointee.id)
                let kind = browser.pointee.kind
                let isPreferred = preferred.map { kind?.satisfies($0) ?? false } ?? true
                candidate.preference = isPreferred ? 400 : 0
                candidate.residency =
                    browser.pointee.residentModels.contains(task.spec.modelDigest) ? 400 : 0
                candidate.load = UInt32(200 * (lanes - lanesTaken) / lanes)
                candidate.score = candidate.preference + candidate.residency + candidate.load
                add(candidate)
            }
        }
    }

    private mutating func add(_ candidate: Candidate) {
        let place = candidates.firstIndex { $0.score < candidate.score } ?? candidates.count
        guard place < Self.candidatesKept else { return }
        if candidates.count == Self.candidatesKept { candidates.removeLast() }
        candidates.insert(candidate, at: place)
    }
}

extension BrowserKind {
    /// Whether this product is what a preference for another one asks for: `chrome` means any build of Chromium that
    /// carries no other vendor's name.
    func satisfies(_ preference: BrowserKind) -> Bool {
        self == preference || (preference == .chrome && (self == .chromium || self == .headlessShell))
    }
}
