/// What may follow in the life of an allocation: granted, a run assigned, its items recorded, released exactly once.
extension PoolState {
    mutating func evolve(_ granted: TaskGranted, at event: EventStamp) {
        let id = AllocationID(event.sequence)
        let task = tasks.place(of: granted.task)
        let browser = browsers.place(of: granted.browser)
        let isRival = tasks[at: task].allocation != nil
        precondition(!isRival || mayRace(at: task), "task \(granted.task) is granted twice")
        precondition(browsers[at: browser].phase == .ready, "browser \(granted.browser) has no free lane")
        allocations.insert(
            AllocationState(
                id: id, task: granted.task, browser: granted.browser, incarnation: granted.incarnation,
                leaseDeadline: granted.leaseDeadline, grantedAt: revision >= 5 ? event.at : .zero))
        timers.set(.lease, event.sequence, at: granted.leaseDeadline)
        leaveQueue(at: task)
        tasks[at: task].phase = .granted
        if isRival { tasks[at: task].rival = id } else { tasks[at: task].allocation = id }
        browsers[at: browser].allocations.append(id)
        settleLanes(at: browser, event.at)
    }

    /// Whether a task may hold a second allocation: while it recovers and no run of it has started.
    @inline(__always)
    func mayRace(at place: Int) -> Bool {
        tasks[at: place].rival == nil && tasks[at: place].phase == .granted
            && recoveries.find(tasks[at: place].recovery)?.strategy == .parallel
    }

    mutating func evolve(_ assigned: RunAssigned, at event: EventStamp) {
        let id = ObligationID(event.sequence)
        let allocation = allocations.place(of: assigned.allocation)
        precondition(
            allocations[at: allocation].run == nil, "allocation \(assigned.allocation) has a run")
        obligations.insert(
            ObligationState(
                id: id, kind: .run, browser: assigned.browser, allocation: assigned.allocation,
                task: assigned.task))
        allocations[at: allocation].run = id
        allocations[at: allocation].endItem = assigned.firstItem + assigned.itemCount
        if revision >= 5 { allocations[at: allocation].firstItem = assigned.firstItem }
    }

    mutating func evolve(_ started: RunStarted, at event: EventStamp) {
        let allocation = allocations.place(of: started.allocation)
        let task = tasks.place(of: allocations[at: allocation].task)
        tasks[at: task].phase = .running
        if tasks[at: task].rival == started.allocation {
            tasks[at: task].rival = tasks[at: task].allocation
            tasks[at: task].allocation = started.allocation
        }
        if let recovery = tasks[at: task].recovery, recoveries[recovery].group != nil {
            recoveries[recovery].resumed = true
        }
        renewLease(at: allocation, event.at)
        let browser = browsers.place(of: allocations[at: allocation].browser)
        Self.remember(tasks[at: task].spec.modelDigest, in: &browsers[at: browser].residentModels)
        guard revision >= 5 else { return }
        measureStart(at: allocation, event.at)
        recordStart(on: browser, granted: allocations[at: allocation].grantedAt, event.at)
        allocations[at: allocation].startedAt = event.at
        if !tasks[at: task].spec.affinity.isEmpty {
            Self.remember(tasks[at: task].spec.affinity, in: &browsers[at: browser].affinities)
        }
    }

    /// Takes in how long a run took, which ends with it: for its model, and for its browser beside others of its kind.
    /// Its browser is as good as one that never failed: the next failure begins with the cheapest rung.
    mutating func evolve(_ completed: RunCompleted, at event: EventStamp) {
        let allocation = allocations.place(of: completed.allocation)
        if revision >= 5 { measure(at: allocation, event) }
        if revision >= 8 { forgetRung(of: allocations[at: allocation].browser) }
        completeModel(at: allocation)
        endRun(completed.obligation)
    }

    private mutating func measure(at allocation: Int, _ event: EventStamp) {
        let browser = browsers.place(of: allocations[at: allocation].browser)
        browsers[at: browser].runsCompleted = min(browsers[at: browser].runsCompleted, .max - 1) + 1
        let items = allocations[at: allocation].endItem - allocations[at: allocation].firstItem
        guard let kind = browsers[at: browser].kind, items > 0,
            allocations[at: allocation].startedAt != .zero
        else { return }
        let task = tasks.place(of: allocations[at: allocation].task)
        let itemNs = event.at.nanoseconds(since: allocations[at: allocation].startedAt) / items
        let ratio = timings.measure(
            tasks[at: task].spec.modelDigest, tasks[at: task].backend, kind, itemNs: itemNs,
            by: event.sequence)
        let pace = UInt64(browsers[at: browser].paceMilli)
        let bounded = min(max(ratio, BrowserState.paces.lowerBound), BrowserState.paces.upperBound)
        let next = pace == 0 ? bounded : FixedPoint.moving(pace, towards: bounded, by: 4)
        browsers[at: browser].paceMilli = UInt32(next)
    }

    @inline(__always)
    mutating func evolve(_ progressed: RunProgressed, at event: EventStamp) {
        let allocation = allocations.place(of: progressed.allocation)
        let task = tasks.place(of: allocations[at: allocation].task)
        record(progressed, of: allocation, task, at: event)
    }

    /// Takes the results of a run whose allocation and task are at these places.
    @inline(__always)
    mutating func record(_ progressed: RunProgressed, of allocation: Int, _ task: Int, at event: EventStamp) {
        tasks[at: task].record(progressed)
        renewLease(at: allocation, event.at)
    }

    mutating func evolve(_ decided: RunStopDecided, at event: EventStamp) {
        let id = ObligationID(event.sequence)
        let run = obligations[decided.run]
        endRun(decided.run)
        browsers[decided.browser].stops.append(id)
        obligations.insert(
            ObligationState(
                id: id, kind: .stop, browser: decided.browser, allocation: run.allocation, run: decided.run,
                task: run.task))
        timers.set(.stop, event.sequence, at: decided.deadline)
    }

    mutating func evolve(_ released: AllocationReleased, at event: EventStamp) {
        let allocation = allocations.remove(released.allocation)
        precondition(allocation.run == nil, "allocation \(allocation.id) is released with a run")
        timers.clear(.lease, allocation.id.sequence, at: allocation.leaseDeadline)
        let task = tasks.place(of: allocation.task)
        if let leader = tasks[at: task].leader {
            note(allocation, of: leader, ranTo: tasks[at: task].itemsDone)
        }
        if released.reason == .raceLost, revision >= 5, let recovery = tasks[at: task].recovery {
            let lost = event.at.nanoseconds(since: allocation.grantedAt)
            let (sum, overflow) = recoveries[recovery].raceNs.addingReportingOverflow(lost)
            recoveries[recovery].raceNs = overflow ? .max : sum
            recordStart(on: browsers.place(of: allocation.browser), granted: allocation.grantedAt, event.at)
        }
        if tasks[at: task].rival == allocation.id {
            tasks[at: task].rival = nil
        } else if let rival = tasks[at: task].rival {
            tasks[at: task].allocation = rival
            tasks[at: task].rival = nil
        } else {
            tasks[at: task].allocation = nil
            tasks[at: task].phase = .queued
            if let recovery = tasks[at: task].recovery, recoveries[recovery].resumed {
                recoveries[recovery].resumed = false
            }
        }
        let browser = browsers.place(of: allocation.browser)
        browsers[at: browser].allocations.removeAll { $0 == allocation.id }
        if released.reason == .completed, browsers[at: browser].strikes != 0 {
            browsers[at: browser].strikes = 0
        }
        settleLanes(at: browser, event.at)
    }

    mutating func endRun(_ obligation: ObligationID) {
        discharge(obligation)
    }

    mutating func endStop(_ obligation: ObligationID, at now: EventTime) {
        let browser = obligations[obligation].browser
        discharge(obligation)
        browsers[browser].stops.removeAll { $0 == obligation }
        settleLanes(browser, at: now)
    }

    private mutating func renewLease(at place: Int, _ now: EventTime) {
        let old = allocations[at: place].leaseDeadline
        let new = now.adding(milliseconds: policy.leaseMs)
        allocations[at: place].leaseDeadline = new
        timers.move(.lease, allocations[at: place].id.sequence, from: old, to: new)
    }
}

extension TaskState {
    /// Takes results, which must be those of the next items.
    @inline(__always)
    fileprivate mutating func record(_ progressed: RunProgressed) {
        precondition(progressed.firstItem == itemsDone, "task \(id) has results that are not the next ones")
        itemsDone += progressed.itemCount
        attempts = 0
        // Few models carry anything on: nothing need not be put in the place of nothing. A comparison with nil would copy
        // both.
        if case (nil, nil) = (checkpoint?.sizeBytes, progressed.state?.sizeBytes) { return }
        checkpoint = progressed.state
    }
}
