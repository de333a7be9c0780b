/// Which browsers could take a task, best first, and how many could not and why.
///
/// Scores are integers in thousandths: 400 for the family's preferred browser, 400 for a browser that holds the model,
/// and 200 for one with all lanes free, less in proportion. Equal scores go to the lower id.
struct Placement {
    private(set) var candidates: [Candidate] = []
    private(set) var filtered = CandidateFilter()

    init(of task: TaskState, in state: PoolState) {
        let preferred = state.policy.browserPreferences.first { $0.family == task.spec.family }?.browser
        for browser in state.browsers.entities {
            if !browser.isUsable {
                filtered.notReady += 1
            } else if !browser.takesWork {
                filtered.quarantined += 1
            } else if browser.lanesTaken >= browser.lanes(state.policy) {
                filtered.noFreeLane += 1
            } else if !browser.offers(task.backend) {
                filtered.noBackend += 1
            } else {
                var candidate = Candidate(browser: browser.id)
                let lanes = browser.lanes(state.policy)
                let isPreferred = preferred.map { browser.kind?.satisfies($0) ?? false } ?? true
                candidate.preference = isPreferred ? 400 : 0
                candidate.residency = browser.residentModels.contains(task.spec.modelDigest) ? 400 : 0
                candidate.load = UInt32(200 * (lanes - browser.lanesTaken) / lanes)
                candidate.score = candidate.preference + candidate.residency + candidate.load
                candidates.append(candidate)
            }
        }
        candidates.sort { $0.score != $1.score ? $0.score > $1.score : $0.browser < $1.browser }
    }
}

extension BrowserKind {
    /// Whether this product is what a preference for another one asks for: `chrome` means any build of Chromium that
    /// carries no other vendor's name.
    func satisfies(_ preference: BrowserKind) -> Bool {
        self == preference || (preference == .chrome && (self == .chromium || self == .headlessShell))
    }
}
