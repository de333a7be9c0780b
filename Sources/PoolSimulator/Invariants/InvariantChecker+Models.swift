import Pool

/// What the checker knows of a model on a kind of browser.
struct CheckedModelBreaker: Sendable {
    struct Key: Hashable, Sendable {
        var model: Digest
        var browser: BrowserKind
    }

    /// Where its breaker stands; nil while it is closed.
    var phase: BreakerPhase?
    /// Failures since the last run of the model that completed there.
    var strikes: UInt32 = 0
    var until = EventTime.zero
}

/// The models' share of CORE-8: a model is kept from a kind of browser only for its failures there, and while another
/// kind can do its work.
extension InvariantChecker {
    mutating func takeModelBreaker(_ event: Event) {
        switch event.payload {
        case .runFailed(let failed):
            if failed.failure.mayBeOfModel { strike(failed.allocation) }
        case .browserFailed(let failed):
            guard failed.evidence.mayBeOfModel else { break }
            for id in browsers[failed.browser]?.allocations ?? [] { strike(id) }
        case .browserCloseDecided(let decided):
            guard decided.reason == .failed, browsers[decided.browser]?.standing == .usable else { break }
            for id in browsers[decided.browser]?.allocations ?? [] {
                if let allocation = allocations[id], allocation.leaseDeadline <= event.at { strike(id) }
            }
        case .runCompleted(let completed):
            guard let key = key(of: completed.allocation) else { break }
            modelBreakers[key]?.strikes = 0
        case .modelBreakerOpened(let opened): take(opened, at: event.at)
        case .modelBreakerHalfOpened(let halfOpened):
            let key = CheckedModelBreaker.Key(model: halfOpened.modelDigest, browser: halfOpened.browser)
            let breaker = modelBreakers[key]
            require(
                breaker.map { $0.phase == .open && $0.until <= event.at } ?? false, .core8,
                "a model is tried on \(halfOpened.browser.name) before its time")
            modelBreakers[key]?.phase = .halfOpen
        case .modelBreakerClosed(let closed):
            let key = CheckedModelBreaker.Key(model: closed.modelDigest, browser: closed.browser)
            let breaker = modelBreakers[key]
            require(
                breaker.map { $0.phase == .halfOpen && $0.strikes == 0 } ?? false, .core8,
                "a model that completed nothing on \(closed.browser.name) is not kept from it any more")
            modelBreakers[key] = nil
        default: break
        }
    }

    private func key(of id: AllocationID) -> CheckedModelBreaker.Key? {
        guard let allocation = allocations[id], let kind = browsers[allocation.browser]?.kind,
            let task = tasks[allocation.task]
        else { return nil }
        return CheckedModelBreaker.Key(model: task.spec.modelDigest, browser: kind)
    }

    private mutating func strike(_ id: AllocationID) {
        guard allocations[id]?.run != nil, let key = key(of: id) else { return }
        modelBreakers[key, default: CheckedModelBreaker()].strikes += 1
    }

    private mutating func take(_ opened: ModelBreakerOpened, at now: EventTime) {
        let key = CheckedModelBreaker.Key(model: opened.modelDigest, browser: opened.browser)
        let breaker = modelBreakers[key] ?? CheckedModelBreaker()
        let most = policy.breaker?.failures ?? 0
        require(opened.until > now, .core8, "a model is kept from \(opened.browser.name) for no time")
        require(
            opened.failures > 0 && opened.failures <= breaker.strikes
                && (opened.failures >= most || breaker.phase == .halfOpen) && breaker.phase != .open, .core8,
            "a model is kept from \(opened.browser.name) for \(opened.failures) failures, of \(breaker.strikes)"
        )
        modelBreakers[key, default: breaker].phase = .open
        modelBreakers[key]?.until = opened.until
        let others = browsers.values.filter {
            $0.takesWork && $0.kind != opened.browser && !isKept(opened.modelDigest, from: $0.kind)
        }
        require(
            !others.isEmpty, .core8,
            "a model is kept from \(opened.browser.name), and no browser of another kind takes work")
        for id in tasks(where: { $0.standing == .queued && $0.spec.modelDigest == opened.modelDigest }) {
            guard let task = tasks[id] else { continue }
            require(
                others.contains { $0.offers.contains(task.backend) && $0.suits(task) }, .core8,
                "task \(id) is kept from \(opened.browser.name), the last that can run it")
        }
    }

    /// Whether no run of a model may begin on a kind of browser.
    func isKept(_ model: Digest, from kind: BrowserKind?) -> Bool {
        guard let kind else { return false }
        let key = CheckedModelBreaker.Key(model: model, browser: kind)
        return switch modelBreakers[key]?.phase {
        case .open: true
        case .halfOpen: allocations.keys.contains { self.key(of: $0) == key }
        case nil: false
        }
    }

    /// Whether a task may be passed over for what its model did, which another's did not.
    func mayBeKept(_ task: CheckedTask, unlike other: CheckedTask) -> Bool {
        task.spec.modelDigest != other.spec.modelDigest
            && modelBreakers.contains { $0.key.model == task.spec.modelDigest && $0.value.phase != nil }
    }

    /// A task is granted no browser of a kind that its model is kept from.
    mutating func checkModel(of task: TaskID, on browser: BrowserID) {
        guard let model = tasks[task]?.spec.modelDigest else { return }
        let kind = browsers[browser]?.kind
        require(
            !isKept(model, from: kind), .core8,
            "task \(task) is granted browser \(browser), of a kind that its model is kept from")
    }
}
