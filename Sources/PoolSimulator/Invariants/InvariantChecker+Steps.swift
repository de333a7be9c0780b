import Pool
import PoolEngine

/// What holds between steps, and for the engine as a whole.
extension InvariantChecker {
    mutating func takeEngine(_ event: Event) {
        switch event.payload {
        case .engineStarted:
            isConfigured = false
            isStopping = false
            isLaunchRetryPending = false
            obligations = [:]
            for id in tasks.keys { tasks[id]?.hasStarted = false }
            for id in allocations.keys { allocations[id]?.run = nil }
            for id in browsers.keys {
                browsers[id]?.standing = .down
                browsers[id]?.mayBeAlive = false
                browsers[id]?.stops = []
                browsers[id]?.preparing = nil
            }
            let left = living.count
            require(left == 0, .core5, "\(left) processes of the engine before are alive")
            for id in groups.keys { groups[id]?.comparison = nil }
        case .poolConfigured(let configured):
            policy = configured.policy
            isConfigured = true
        case .engineStopRequested: isStopping = true
        case .launchRetryScheduled: isLaunchRetryPending = true
        case .retentionPointSet(let point):
            require(
                point.position >= max(retentionPoint, 1) && point.position < event.sequence, .log1,
                "the events up to \(point.position) leave, which are not there or have left already")
            retentionPoint = point.position
        case .timerFired(let fired):
            require(fired.dueAt <= event.at, .core6, "a timer fires before it is due")
            if fired.kind == .launchRetry { isLaunchRetryPending = false }
            // An engine that stalls may give up what it has not begun.
            if fired.kind == .prepare {
                answer(.prepare, ObligationID(fired.subject), on: nil, mayWait: true)
            }
            if fired.kind == .compare {
                answer(.compare, ObligationID(fired.subject), on: nil, mayWait: true)
            }
            guard fired.kind == .lease else { return }
            require(
                allocations[AllocationID(fired.subject)]?.leaseDeadline == fired.dueAt, .core6,
                "allocation \(fired.subject) expires at another time than its deadline")
        default: break
        }
    }

    /// The browser that a fault names.
    func blastOf(_ observation: EventPayload) -> BrowserID? {
        switch observation {
        case .browserFailed(let failed): failed.browser
        case .browserLaunchFailed(let failed): failed.browser
        case .runFailed(let failed): allocations[failed.allocation]?.browser
        case .timerFired(let fired):
            switch fired.kind {
            case .lease: allocations[AllocationID(fired.subject)]?.browser
            case .launch, .close, .stop, .heal: obligations[ObligationID(fired.subject)]?.browser
            case .idle, .heartbeat: BrowserID(fired.subject)
            case .recoveryTimeout, .taskDeadline, .retry, .launchRetry, .prepare, .breaker, .compare,
                .scale, .modelBreaker:
                nil
            }
        default: nil
        }
    }

    /// A step has ended: nothing is under way between two of its events any more.
    mutating func endStep() {
        for (id, allocation) in allocations.sorted(by: { $0.key < $1.key }) {
            let deadline = tasks[allocation.task]?.deadlineAt ?? EventTime(nanoseconds: .max)
            require(
                !isOverdue(min(allocation.leaseDeadline, deadline)), .core6,
                "allocation \(id) has outlived its deadline")
            require(
                tasks[allocation.task].map { $0.allocation == id || $0.rival == id } ?? false, .core6,
                "allocation \(id) has outlived its task \(allocation.task)")
        }
        for (id, browser) in browsers.sorted(by: { $0.key < $1.key }) where browser.standing == .down {
            require(!browser.mayBeAlive, .core5, "browser \(id) is down, but its process is not being ended")
        }
        checkOutvoted()
        checkRaces()
        checkGroups()
        if isConfigured, !isStopping { checkQueue() }
    }

    /// Two allocations of one task are a race, which ends when one of them runs.
    private mutating func checkRaces() {
        for id in tasks(where: { $0.rival != nil }) {
            require(tasks[id]?.hasStarted == false, .core6, "task \(id) runs and holds a second allocation")
            require(
                recoveries.values.contains { $0.task == id && $0.strategy == .parallel }, .core6,
                "task \(id) holds two allocations, but recovers by no race")
        }
    }

    /// Those who recover together are held together: none runs to its end while another waits.
    private mutating func checkGroups() {
        let groups = Dictionary(grouping: recoveries.values) { $0.group }
        for (group, members) in groups {
            guard let group else { continue }
            let standings = members.map { tasks[$0.task]?.standing }
            let held = standings.count { if case .held = $0 { true } else { false } }
            require(
                held == 0 || held == members.count, .core8,
                "\(held) of the \(members.count) tasks of group \(group) wait, and the others do not")
        }
    }

    /// Whoever waits must have something to wait for, or nothing would ever grant it a browser.
    private mutating func checkQueue() {
        let isComing =
            isLaunchRetryPending
            || browsers.values.contains {
                $0.standing == .launching || $0.standing == .closing || $0.standing == .healing
            }
        for id in tasks(where: { $0.standing == .queued }) {
            guard let task = tasks[id] else { continue }
            let apart = browsers(ofOtherCopiesThan: id)
            var isServed = isComing
            var free: BrowserID?
            for (id, browser) in browsers
            where browser.standing == .usable && browser.offers.contains(task.backend) && browser.suits(task)
                && !apart.contains(id)
            {
                isServed = true
                if browser.takesWork, browser.hasRoom(for: task, policy),
                    !isKept(task.spec.modelDigest, from: browser.kind)
                {
                    free = min(free ?? id, id)
                }
            }
            require(
                isServed || leavesRoom(for: id), .core8,
                "task \(id) waits, but no browser that has what it needs is usable, coming or to be tried")
            if let free { report(.core8, "task \(id) waits, but browser \(free) has a free lane") }
        }
        for id in tasks(where: { if case .held = $0.standing { true } else { false } }) {
            guard case .held(let browser) = tasks[id]?.standing else { continue }
            let comes =
                switch browsers[browser]?.standing {
                case .healing, .closing, .launching: true
                case .down: isLaunchRetryPending
                case .usable, nil: false
                }
            require(comes, .core8, "task \(id) waits for browser \(browser), which is not being healed")
        }
        for id in tasks(where: { $0.standing == .submitted }) {
            report(.core4, "task \(id) was submitted, but neither queued nor ended")
        }
    }

    /// Tasks of which something holds, in their order.
    func tasks(where holds: (CheckedTask) -> Bool) -> [TaskID] {
        var found: [TaskID] = []
        for (id, task) in tasks where holds(task) { found.append(id) }
        found.sort()
        return found
    }

    private func isOverdue(_ deadline: EventTime) -> Bool {
        deadline < now && now.nanoseconds - deadline.nanoseconds > timerToleranceNs
    }

    // MARK: Obligations

    mutating func open(
        _ kind: ObligationKind, _ sequence: UInt64, on browser: BrowserID, for allocation: AllocationID? = nil
    ) {
        obligations[ObligationID(sequence)] = CheckedObligation(
            kind: kind, browser: browser, allocation: allocation)
    }

    /// A report that was recorded answers an obligation that is owed, and closes it unless the run goes on.
    @discardableResult
    mutating func answer(
        _ kind: ObligationKind, _ id: ObligationID, on browser: BrowserID?, closes: Bool = true,
        mayWait: Bool = false
    ) -> CheckedObligation? {
        guard let obligation = obligations[id], obligation.kind == kind else {
            report(.core9, "it answers the \(kind.name) \(id), which is not owed")
            return nil
        }
        require(
            browser == nil || obligation.browser == browser, .core9,
            "it answers the \(kind.name) \(id) of browser \(obligation.browser) for another browser")
        require(
            !seesExecutor || obligation.hasBegun || mayWait, .core9,
            "it answers the \(kind.name) \(id), never begun")
        if closes { close(id) }
        return obligation
    }

    mutating func close(_ id: ObligationID) {
        guard let obligation = obligations.removeValue(forKey: id) else { return }
        if let allocation = obligation.allocation { allocations[allocation]?.run = nil }
        browsers[obligation.browser]?.stops.remove(id)
        if browsers[obligation.browser]?.preparing == id { browsers[obligation.browser]?.preparing = nil }
        if let leader = obligation.leader { groups[leader]?.comparison = nil }
    }

    mutating func voidAll(on browser: BrowserID) {
        for id in obligations.filter({ $0.value.browser == browser }).keys { close(id) }
    }
}

extension Effect {
    /// What kind of effect it is, for messages.
    var name: String {
        switch self {
        case .launch: "launch"
        case .close: "close"
        case .run: "run"
        case .stop: "stop"
        case .prepare: "prepare"
        case .heal: "heal"
        case .compare: "compare"
        }
    }
}
