import Pool

/// CORE-5, and the browsers' share of CORE-8 and CORE-9.
extension InvariantChecker {
    mutating func takeBrowser(_ event: Event) {
        switch event.payload {
        case .browserLaunchDecided(let decided): takeLaunch(decided, event.sequence)
        case .browserLaunched(let launched):
            answer(.launch, launched.obligation, on: launched.browser)
            browsers[launched.browser]?.standing = .usable
            browsers[launched.browser]?.offers = Set(
                launched.facts.backends.filter { $0.refusal == nil }.map(\.backend))
            browsers[launched.browser]?.adapter = launched.facts.adapter
            browsers[launched.browser]?.kind = launched.facts.kind
        case .browserLaunchFailed(let failed):
            answer(.launch, failed.obligation, on: failed.browser)
            goDown(failed.browser, processEnded: true)
        case .browserFailed(let failed):
            require(
                browsers[failed.browser].map {
                    ($0.standing == .usable || ($0.standing == .healing && failed.processEnded))
                        && $0.incarnation == failed.incarnation
                }
                    ?? false,
                .core8, "it takes browser \(failed.browser), whose usable incarnation it does not name")
            voidAll(on: failed.browser)
            browsers[failed.browser]?.strikes += 1
            goDown(failed.browser, processEnded: failed.processEnded)
        case .browserCloseDecided(let decided): takeClose(decided, event.sequence)
        case .healDecided(let decided): takeHealing(decided, event.sequence)
        case .rungEnded(let ended):
            answer(.heal, ended.obligation, on: ended.browser)
            browsers[ended.browser]?.standing = ended.healed ? .usable : .down
            browsers[ended.browser]?.offers = Set(ended.backends.filter { $0.refusal == nil }.map(\.backend))
        case .browserClosed(let closed):
            answer(.close, closed.obligation, on: closed.browser)
            goDown(closed.browser, processEnded: true)
        case .browserRetired(let retired): takeRetirement(retired.browser)
        case .prepareDecided(let decided): takePreparation(decided, event.sequence)
        case .modelPrepared(let prepared): answer(.prepare, prepared.obligation, on: prepared.browser)
        case .prepareFailed(let failed): answer(.prepare, failed.obligation, on: failed.browser)
        case .breakerOpened(let opened): takeQuarantine(opened, at: event.at)
        case .breakerHalfOpened(let halfOpened): browsers[halfOpened.browser]?.breaker = .halfOpen
        case .breakerClosed(let closed): takeProbation(closed.browser)
        case .browserSuspected(let suspected): browsers[suspected.browser]?.isSuspected = true
        case .suspicionCleared(let cleared): browsers[cleared.browser]?.isSuspected = false
        case .browserRecycleDecided(let decided):
            require(
                browsers[decided.browser]?.standing == .usable, .core8,
                "browser \(decided.browser) is to be started anew but not usable")
            browsers[decided.browser]?.isRecycling = true
        case .failurePredicted(let predicted):
            require(
                browsers[predicted.browser]?.standing == .usable, .core8,
                "the failure of browser \(predicted.browser) is predicted, which is not usable")
            require(
                policy.prediction != nil, .core1,
                "the failure of browser \(predicted.browser) is predicted without a policy for it")
        case .faultInjected(let injected):
            require(
                browsers[injected.browser].map {
                    ($0.standing == .usable || $0.standing == .healing)
                        && $0.incarnation == injected.incarnation
                } ?? false,
                .core9, "a fault is done to an incarnation of browser \(injected.browser) that is not up")
        case .metricsSampled(let sampled):
            require(
                browsers[sampled.browser]?.incarnation == sampled.incarnation, .core9,
                "a sample of an incarnation of browser \(sampled.browser) that is not there is recorded")
            browsers[sampled.browser]?.memoryBytes = sampled.browserBytes
        default: break
        }
    }

    private mutating func takeLaunch(_ decided: BrowserLaunchDecided, _ sequence: UInt64) {
        let id = decided.browser ?? BrowserID(sequence)
        require(
            (browsers[id] == nil) == (decided.browser == nil), .core5,
            "browser \(id) is launched anew but not in the pool")
        require(
            browsers[id].map { $0.standing == .down && !$0.mayBeAlive } ?? true, .core5,
            "browser \(id) is launched while its process may be alive")
        require(isConfigured && !isStopping, .core5, "browser \(id) is launched outside of an engine's work")
        let former = browsers[id]
        browsers[id] = CheckedBrowser(incarnation: IncarnationID(sequence))
        browsers[id]?.breaker = former?.breaker
        browsers[id]?.strikes = former?.strikes ?? 0
        open(.launch, sequence, on: id)
        if decided.browser == nil { checkSize(after: id) }
        let alive = browsers.values.count(where: \.mayBeAlive)
        let most = Int(policy.maxConnections)
        require(alive <= most, .core5, "\(alive) processes may be alive, of at most \(most)")
    }

    private mutating func takeClose(_ decided: BrowserCloseDecided, _ sequence: UInt64) {
        let id = decided.browser
        require(
            browsers[id]?.incarnation == decided.incarnation, .core9,
            "it closes an incarnation of browser \(id) that is not there")
        let named = blast ?? id
        require(
            named == id || decided.reason == .idle || decided.reason == .recycled, .core8,
            "a fault of browser \(named) also takes browser \(id)")
        require(
            decided.reason != .recycled
                || browsers[id].map { $0.isRecycling && $0.allocations.isEmpty && $0.stops.isEmpty } ?? false,
            .core8, "browser \(id) is started anew before its work is done")
        if decided.reason == .idle { checkIdle(id) }
        voidAll(on: id)
        open(.close, sequence, on: id)
        if browsers[id]?.standing == .usable {
            switch decided.reason {
            case .failed, .runNotStopped, .silent: browsers[id]?.strikes += 1
            case .idle, .engineStopping, .launchTimedOut, .quarantined, .recycled: break
            }
        }
        browsers[id]?.standing = .closing
        browsers[id]?.isSuspected = false
        browsers[id]?.offers = []
    }

    private mutating func takeHealing(_ decided: HealDecided, _ sequence: UInt64) {
        let id = decided.browser
        let named = blast ?? id
        require(named == id, .core8, "a fault of browser \(named) also takes browser \(id)")
        require(
            browsers[id]?.incarnation == decided.incarnation, .core9,
            "it heals an incarnation of browser \(id) that is not there")
        require(
            browsers[id].map { ($0.standing == .down && $0.mayBeAlive) || $0.standing == .healing } ?? false,
            .core8, "it heals browser \(id), which has not failed or has no process")
        require(
            decided.evidence.ladder.contains(decided.rung) && decided.rung != .restartBrowser, .core8,
            "\(decided.rung.name) is no rung that heals a browser in place of which \(decided.evidence.name) was seen"
        )
        voidAll(on: id)
        open(.heal, sequence, on: id)
        browsers[id]?.standing = .healing
        browsers[id]?.offers = []
    }

    /// A browser is quarantined for as many failures in a row as the policy bears, or for one on probation; and the pool
    /// can do without it: others can take work, of every backend that is asked for, and at least half of the browsers
    /// are not quarantined.
    private mutating func takeQuarantine(_ opened: BreakerOpened, at now: EventTime) {
        let id = opened.browser
        require(opened.until > now, .core8, "the quarantine of browser \(id) is over when it begins")
        let (strikes, most) = (browsers[id]?.strikes ?? 0, policy.breaker?.failures ?? 0)
        require(
            opened.failures == strikes && (strikes >= most || browsers[id]?.breaker == .halfOpen), .core8,
            "browser \(id) is quarantined for \(opened.failures) failures, but failed \(strikes) times in a row"
        )
        browsers[id]?.breaker = .open
        let others = browsers.filter { $0.key != id && $0.value.takesWork }.values
        require(
            !others.isEmpty, .core8, "browser \(id) is quarantined, and no other can take work")
        let (quarantined, all) = (browsers.values.count { $0.breaker == .open }, browsers.count)
        require(quarantined * 2 <= all, .core8, "\(quarantined) of \(all) browsers are quarantined")
        for task in tasks(where: { $0.standing == .queued }) {
            guard let checked = tasks[task] else { continue }
            require(
                others.contains { $0.offers.contains(checked.backend) && $0.suits(checked) }, .core8,
                "browser \(id) is quarantined, the last that can run task \(task)")
        }
    }

    private mutating func takeProbation(_ id: BrowserID) {
        require(
            browsers[id]?.breaker == .halfOpen && browsers[id]?.strikes == 0, .core8,
            "browser \(id) passes a probation in which it completed nothing")
        browsers[id]?.breaker = nil
    }

    private mutating func takePreparation(_ decided: PrepareDecided, _ sequence: UInt64) {
        let id = decided.browser
        let isIdle = browsers[id].map {
            $0.standing == .usable && $0.incarnation == decided.incarnation && $0.allocations.isEmpty
                && $0.stops.isEmpty && $0.preparing == nil
        }
        require(isIdle ?? false, .core9, "a model is prepared on browser \(id), which is not idle")
        require(
            browsers[id]?.offers.contains(decided.backend) ?? false, .core8,
            "a model is prepared on browser \(id), which does not offer its backend")
        check(unfinished: decided.task)
        open(.prepare, sequence, on: id)
        browsers[id]?.preparing = ObligationID(sequence)
    }

    private mutating func takeRetirement(_ id: BrowserID) {
        guard let browser = browsers[id] else {
            return report(.core5, "browser \(id) is retired but not in the pool")
        }
        require(!browser.mayBeAlive, .core5, "browser \(id) is retired while its process may be alive")
        for allocation in browser.allocations.sorted() {
            report(.core6, "browser \(id) is retired with the allocation \(allocation)")
        }
        for (owed, _) in obligations.filter({ $0.value.browser == id }).sorted(by: { $0.key < $1.key }) {
            report(.core9, "browser \(id) is retired while \(owed) is owed on it")
        }
        browsers[id] = nil
    }

    private mutating func goDown(_ id: BrowserID, processEnded: Bool) {
        browsers[id]?.standing = .down
        browsers[id]?.isSuspected = false
        browsers[id]?.offers = []
        guard processEnded else { return }
        browsers[id]?.mayBeAlive = false
        require(
            !living.values.contains(id), .core5,
            "the process of browser \(id) is alive, but recorded as ended")
    }
}
