import Pool

/// CORE-6, CORE-7, and the lanes of CORE-5.
extension InvariantChecker {
    mutating func takeAllocation(_ event: Event) {
        switch event.payload {
        case .taskGranted(let granted): takeGrant(granted, event.sequence)
        case .runAssigned(let assigned): takeAssignment(assigned, event.sequence)
        case .runStarted(let started):
            guard takeReport(started.obligation, started.allocation, closes: false) else { return }
            if let task = allocations[started.allocation]?.task { begin(task, in: started.allocation) }
            renewLease(started.allocation, at: event.at)
        case .runProgressed(let progressed):
            guard takeReport(progressed.obligation, progressed.allocation, closes: false) else { return }
            takeResults(progressed)
            renewLease(progressed.allocation, at: event.at)
        case .runCompleted(let completed):
            let task = allocations[completed.allocation]?.task
            guard takeReport(completed.obligation, completed.allocation, closes: true) else { return }
            require(
                task.flatMap { tasks[$0] }.map { $0.itemsDone == $0.itemsTotal } ?? false, .core7,
                "run \(completed.obligation) completed without all of its results")
        case .runFailed(let failed): _ = takeReport(failed.obligation, failed.allocation, closes: true)
        case .runStopDecided(let decided):
            require(
                obligations[decided.run]?.kind == .run, .core9, "run \(decided.run) is stopped but not owed")
            close(decided.run)
            browsers[decided.browser]?.stops.insert(ObligationID(event.sequence))
            open(.stop, event.sequence, on: decided.browser)
        case .runStopped(let stopped): answer(.stop, stopped.obligation, on: stopped.browser)
        case .allocationReleased(let released): takeRelease(released)
        default: break
        }
    }

    private mutating func takeGrant(_ granted: TaskGranted, _ sequence: UInt64) {
        let id = AllocationID(sequence)
        let isRival = tasks[granted.task]?.allocation != nil
        require(
            !isRival || mayRace(granted.task), .core6,
            "task \(granted.task) is granted another browser before it released the first")
        let waits =
            switch tasks[granted.task]?.standing {
            case .queued: true
            case .held(let browser): browser == granted.browser
            default: isRival
            }
        require(waits, .core6, "task \(granted.task) is granted but does not wait")
        require(
            isConfigured && !isStopping, .core8, "task \(granted.task) is granted outside of an engine's work"
        )
        guard let browser = browsers[granted.browser], browser.standing == .usable,
            browser.incarnation == granted.incarnation
        else {
            return report(.core5, "browser \(granted.browser) is granted but not usable in that incarnation")
        }
        require(
            tasks[granted.task].map { browser.offers.contains($0.backend) } ?? true, .core8,
            "browser \(granted.browser) is granted to task \(granted.task) but does not offer its backend")
        require(
            tasks[granted.task].map(browser.suits) ?? true, .core8,
            "browser \(granted.browser) is granted to task \(granted.task) but lacks what it needs")
        require(
            !browser.isRecycling, .core8,
            "browser \(granted.browser) is granted although it is to be started anew")
        require(
            granted.recovery != nil || (tasks[granted.task].map { browser.hasRoom(for: $0, policy) } ?? true),
            .core5, "browser \(granted.browser) is granted to task \(granted.task) without room for it")
        if granted.recovery == nil { checkOrder(of: granted.task) }
        checkModel(of: granted.task, on: granted.browser)
        require(
            !browsers(ofOtherCopiesThan: granted.task).contains(granted.browser), .core7,
            "browser \(granted.browser) is granted to task \(granted.task), and has another copy of the same")
        require(
            browser.breaker != .open && !browser.isSuspected, .core8,
            "browser \(granted.browser) is granted although it is quarantined or suspected")
        browsers[granted.browser]?.allocations.insert(id)
        let lanes = browser.allocations.count + 1 + browser.stops.count
        let most = browser.lanes(policy)
        require(lanes <= most, .core5, "browser \(granted.browser) has \(lanes) lanes taken, of \(most)")
        allocations[id] = CheckedAllocation(
            task: granted.task, browser: granted.browser, leaseDeadline: granted.leaseDeadline)
        if isRival { tasks[granted.task]?.rival = id } else { tasks[granted.task]?.allocation = id }
        tasks[granted.task]?.standing = .granted
    }

    /// No task is passed over by another that a browser could take as well: the starvation bound of the queue.
    private mutating func checkOrder(of granted: TaskID) {
        guard let task = tasks[granted] else { return }
        let passedOver = tasks.filter { id, other in
            other.standing == .queued && other.needsAsMuch(as: task) && !mayBeKept(other, unlike: task)
                && (id < granted
                    ? other.precedes(younger: task, agingMs: policy.agingMs)
                    : id > granted && !task.precedes(younger: other, agingMs: policy.agingMs))
        }
        if let first = passedOver.keys.min() {
            report(.core4, "task \(granted) is granted before task \(first), whose turn it is")
        }
    }

    /// A run gives way only to a task of so much higher priority.
    private mutating func checkPreemption(of id: TaskID) {
        guard let task = tasks[id] else { return }
        let gap = policy.preemptionGap
        let hasReason = tasks.values.contains { other in
            other.standing == .queued && other.spec.priority >= task.spec.priority
                && other.spec.priority - task.spec.priority >= gap
        }
        require(gap > 0 && hasReason, .core8, "task \(id) gives way to none of higher priority")
    }

    private mutating func takeAssignment(_ assigned: RunAssigned, _ sequence: UInt64) {
        let id = ObligationID(sequence)
        let range = assigned.firstItem..<(assigned.firstItem + assigned.itemCount)
        guard let allocation = allocations[assigned.allocation], let task = tasks[assigned.task] else {
            return report(.core9, "a run is assigned to allocation \(assigned.allocation), which is not held")
        }
        require(
            allocation.task == assigned.task && allocation.browser == assigned.browser, .core9,
            "a run of task \(assigned.task) is assigned to another's allocation \(assigned.allocation)")
        require(allocation.run == nil, .core9, "allocation \(assigned.allocation) gets a second run")
        require(
            range == task.itemsDone..<task.itemsTotal && !range.isEmpty, .core7,
            "items \(range) are assigned, but those without a result are \(task.itemsDone)..<\(task.itemsTotal)"
        )
        allocations[assigned.allocation]?.run = id
        runs[id] = CheckedRun(
            task: assigned.task, assigned: range, browser: assigned.browser, ranThrough: range.lowerBound)
        open(.run, sequence, on: assigned.browser, for: assigned.allocation)
    }

    /// Whether a report on a run names what is current: the allocation is the fencing token.
    private mutating func takeReport(
        _ obligation: ObligationID, _ allocation: AllocationID, closes: Bool
    ) -> Bool {
        guard let answered = answer(.run, obligation, on: nil, closes: closes) else { return false }
        require(
            answered.allocation == allocation, .core9,
            "it answers run \(obligation) under the allocation \(allocation), which is not its own")
        return answered.allocation == allocation
    }

    private mutating func takeResults(_ progressed: RunProgressed) {
        guard let id = allocations[progressed.allocation]?.task, let task = tasks[id] else { return }
        let end = progressed.firstItem + progressed.itemCount
        require(
            progressed.firstItem == task.itemsDone && progressed.itemCount > 0 && end <= task.itemsTotal,
            .core7,
            """
            results of items \(progressed.firstItem)..<\(end) of task \(id) are recorded, of which the next is \
            \(task.itemsDone) of \(task.itemsTotal)
            """)
        require(
            !seesExecutor || (runs[progressed.obligation]?.ranThrough ?? 0) >= end, .core7,
            "results up to item \(end) of task \(id) are recorded, which its run has not reached")
        tasks[id]?.itemsDone = max(task.itemsDone, end)
        tasks[id]?.checkpoint = progressed.state
        tasks[id]?.attempts = 0
        takeVote(of: id, progressed.firstItem..<end, from: progressed.obligation)
    }

    private mutating func takeRelease(_ released: AllocationReleased) {
        guard let allocation = allocations.removeValue(forKey: released.allocation) else {
            return report(.core6, "allocation \(released.allocation) is released but not held")
        }
        require(
            allocation.task == released.task && allocation.browser == released.browser, .core6,
            "allocation \(released.allocation) is released for another task or browser")
        require(
            allocation.run == nil, .core9,
            "allocation \(released.allocation) is released while its run is owed")
        let named = blast ?? allocation.browser
        require(
            named == allocation.browser || released.reason == .preempted, .core8,
            "a fault of browser \(named) also takes work from browser \(allocation.browser)")
        browsers[allocation.browser]?.allocations.remove(released.allocation)
        if released.reason == .preempted { checkPreemption(of: allocation.task) }
        if released.reason == .completed { browsers[allocation.browser]?.strikes = 0 }
        guard let task = tasks[allocation.task] else { return }
        if task.rival == released.allocation {
            tasks[allocation.task]?.rival = nil
        } else if let rival = task.rival {
            tasks[allocation.task]?.allocation = rival
            tasks[allocation.task]?.rival = nil
        } else {
            tasks[allocation.task]?.allocation = nil
            tasks[allocation.task]?.standing = .submitted
            tasks[allocation.task]?.hasStarted = false
        }
    }

    private func mayRace(_ id: TaskID) -> Bool {
        guard let task = tasks[id], let recovery = task.recovery else { return false }
        return task.rival == nil && !task.hasStarted && recoveries[recovery]?.strategy == .parallel
    }

    /// The first of two racing allocations that runs is the one that stays.
    private mutating func begin(_ id: TaskID, in allocation: AllocationID) {
        tasks[id]?.hasStarted = true
        guard let task = tasks[id], task.rival == allocation else { return }
        tasks[id]?.rival = task.allocation
        tasks[id]?.allocation = allocation
    }

    private mutating func renewLease(_ id: AllocationID, at time: EventTime) {
        allocations[id]?.leaseDeadline = time.adding(milliseconds: policy.leaseMs)
    }
}
