/// What may follow in the life of an allocation: granted, a run assigned, its items recorded, released exactly once.
extension PoolState {
    mutating func evolve(_ granted: TaskGranted, at event: Event) {
        let id = AllocationID(event.sequence)
        precondition(tasks[granted.task].allocation == nil, "task \(granted.task) is granted twice")
        precondition(browsers[granted.browser].phase == .ready, "browser \(granted.browser) has no free lane")
        allocations.insert(
            AllocationState(
                id: id, task: granted.task, browser: granted.browser, incarnation: granted.incarnation,
                leaseDeadline: granted.leaseDeadline))
        timers.set(.lease, event.sequence, at: granted.leaseDeadline)
        leaveQueue(granted.task)
        tasks[granted.task].phase = .granted
        tasks[granted.task].allocation = id
        browsers[granted.browser].allocations.append(id)
        settleLanes(granted.browser, at: event.at)
    }

    mutating func evolve(_ assigned: RunAssigned, at event: Event) {
        let id = ObligationID(event.sequence)
        precondition(
            allocations[assigned.allocation].run == nil, "allocation \(assigned.allocation) has a run")
        obligations.insert(
            ObligationState(
                id: id, kind: .run, browser: assigned.browser, allocation: assigned.allocation,
                task: assigned.task))
        allocations[assigned.allocation].run = id
        allocations[assigned.allocation].endItem = assigned.firstItem + assigned.itemCount
    }

    mutating func evolve(_ started: RunStarted, at event: Event) {
        let allocation = allocations[started.allocation]
        tasks[allocation.task].phase = .running
        renewLease(started.allocation, at: event.at)
        remember(
            tasks[allocation.task].spec.modelDigest, in: &browsers[allocation.browser].residentModels)
    }

    mutating func evolve(_ progressed: RunProgressed, at event: Event) {
        let task = allocations[progressed.allocation].task
        precondition(
            progressed.firstItem == tasks[task].itemsDone,
            "task \(task) has results that are not the next ones")
        tasks[task].itemsDone += progressed.itemCount
        tasks[task].attempts = 0
        tasks[task].checkpoint = progressed.state
        renewLease(progressed.allocation, at: event.at)
    }

    mutating func evolve(_ decided: RunStopDecided, at event: Event) {
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

    mutating func evolve(_ released: AllocationReleased, at event: Event) {
        let allocation = allocations.remove(released.allocation)
        precondition(allocation.run == nil, "allocation \(allocation.id) is released with a run")
        timers.clear(.lease, allocation.id.sequence, at: allocation.leaseDeadline)
        tasks[allocation.task].allocation = nil
        tasks[allocation.task].phase = .queued
        browsers[allocation.browser].allocations.removeAll { $0 == allocation.id }
        settleLanes(allocation.browser, at: event.at)
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

    private mutating func renewLease(_ id: AllocationID, at now: EventTime) {
        timers.clear(.lease, id.sequence, at: allocations[id].leaseDeadline)
        allocations[id].leaseDeadline = now.adding(milliseconds: policy.leaseMs)
        timers.set(.lease, id.sequence, at: allocations[id].leaseDeadline)
    }
}
