extension PoolState {
    /// Reads a state back from its canonical bytes; the events after its position can then be folded into it (CORE-3).
    ///
    /// The bytes are taken only as `canonicalBytes()` writes them, and only when every entity that they name is there,
    /// so that a damaged snapshot is an error here and never a precondition failure of a later fold.
    public init(decoding canonicalBytes: [UInt8]) throws(StateDecodingError) {
        do throws(WireError) {
            self = try PoolState().decoding(canonicalBytes)
        } catch {
            throw .undecodable(error)
        }
        guard self.canonicalBytes() == canonicalBytes else { throw .notCanonical }
        if let contradiction = firstContradiction { throw .inconsistent(contradiction) }
        queue = TaskQueue(sorting: queue.map { tasks[$0] }, agingMs: policy.agingMs)
        for group in groups.filter(\.pointee.hasBegun) { begunGroups.insert(group.id) }
    }

    /// The first thing in this state that no fold could have given, in words.
    private var firstContradiction: String? {
        let checks: [(Bool, String)] = [
            (tasks.isOrdered, "tasks"), (browsers.isOrdered, "browsers"),
            (allocations.isOrdered, "allocations"), (recoveries.isOrdered, "recoveries"),
            (obligations.isOrdered, "obligations"), (timers.isOrdered, "timers"),
            (groups.isOrdered, "groups"),
        ]
        if let (_, table) = checks.first(where: { !$0.0 }) { return "its \(table) are out of order" }
        if !timings.isSound || !experience.isSound || risk?.isSound == false || scaling?.isSound == false
            || !modelBreakers.isSound
        {
            return "what it measured cannot have been"
        }
        return contradictionOfTasks ?? contradictionOfBrowsers ?? contradictionOfObligations
            ?? contradictionOfTimers ?? contradictionOfGroups
    }

    private var contradictionOfTasks: String? {
        for task in tasks.entities {
            if let allocation = task.allocation, allocations.find(allocation)?.task != task.id {
                return "task \(task.id) has the allocation \(allocation), which is not its own"
            }
            if let recovery = task.recovery, recoveries.find(recovery)?.task != task.id {
                return "task \(task.id) has the recovery \(recovery), which is not its own"
            }
            if task.itemsDone > task.spec.itemsTotal {
                return "task \(task.id) has \(task.itemsDone) results of \(task.spec.itemsTotal) items"
            }
        }
        for task in tasks.entities {
            guard let rival = task.rival else { continue }
            if task.allocation == nil || allocations.find(rival)?.task != task.id {
                return "task \(task.id) has the second allocation \(rival), which is not its own"
            }
        }
        for recovery in recoveries.entities where tasks.find(recovery.task)?.recovery != recovery.id {
            return "recovery \(recovery.id) has the task \(recovery.task), which is not in it"
        }
        for task in queue where tasks.find(task)?.phase != .queued {
            return "task \(task) is in the queue but does not wait"
        }
        let ranks = queue.map { TaskRank(of: tasks[$0], agingMs: policy.agingMs) }
        if !zip(ranks, ranks.dropFirst()).allSatisfy({ $0 < $1 }) { return "its queue is out of order" }
        return nil
    }

    private var contradictionOfBrowsers: String? {
        for browser in browsers.entities {
            for allocation in browser.allocations
            where allocations.find(allocation)?.browser != browser.id {
                return "browser \(browser.id) holds the allocation \(allocation), which is not on it"
            }
            for obligation in browser.stops + [browser.obligation, browser.preparing].compactMap({ $0 })
            where obligations.find(obligation)?.browser != browser.id {
                return "browser \(browser.id) has the obligation \(obligation), which is not on it"
            }
        }
        for allocation in allocations.entities {
            let task = tasks.find(allocation.task)
            if task?.allocation != allocation.id, task?.rival != allocation.id {
                return "allocation \(allocation.id) has the task \(allocation.task), which does not hold it"
            }
            if browsers.find(allocation.browser)?.allocations.contains(allocation.id) != true {
                return "allocation \(allocation.id) is on browser \(allocation.browser), which lacks it"
            }
            if allocation.firstItem > allocation.endItem {
                return "allocation \(allocation.id) ends before its first item"
            }
            if let run = allocation.run, obligations.find(run)?.allocation != allocation.id {
                return "allocation \(allocation.id) has the run \(run), which is not its own"
            }
        }
        return nil
    }

    private var contradictionOfObligations: String? {
        for obligation in obligations.entities {
            if obligation.kind == .compare {
                if groups.find(obligation.task)?.comparison == obligation.id { continue }
                return "obligation \(obligation.id) is owed by nothing"
            }
            guard let browser = browsers.find(obligation.browser) else {
                return "obligation \(obligation.id) is on browser \(obligation.browser), which is not there"
            }
            let isHeld =
                switch obligation.kind {
                case .launch, .close, .heal: browser.obligation == obligation.id
                case .stop: browser.stops.contains(obligation.id)
                case .prepare: browser.preparing == obligation.id
                case .run: allocations.find(obligation.allocation)?.run == obligation.id
                case .compare: false
                }
            if !isHeld { return "obligation \(obligation.id) is owed by nothing" }
        }
        return nil
    }

    private var contradictionOfTimers: String? {
        for timer in timers.timers {
            let isWanted =
                switch timer.kind {
                case .lease: allocations.find(AllocationID(timer.subject))?.leaseDeadline == timer.dueAt
                case .recoveryTimeout: recoveries.find(RecoveryID(timer.subject))?.deadline == timer.dueAt
                case .taskDeadline: tasks.find(TaskID(timer.subject))?.deadlineAt == timer.dueAt
                case .retry: tasks.find(TaskID(timer.subject))?.retryAt == timer.dueAt
                case .launch: obligations.find(ObligationID(timer.subject))?.kind == .launch
                case .close: obligations.find(ObligationID(timer.subject))?.kind == .close
                case .stop: obligations.find(ObligationID(timer.subject))?.kind == .stop
                case .heal: obligations.find(ObligationID(timer.subject))?.kind == .heal
                case .breaker: browsers.find(BrowserID(timer.subject))?.quarantinedUntil == timer.dueAt
                case .heartbeat: browsers.find(BrowserID(timer.subject))?.heartbeatDue == timer.dueAt
                case .prepare: obligations.find(ObligationID(timer.subject))?.kind == .prepare
                case .compare: obligations.find(ObligationID(timer.subject))?.kind == .compare
                case .launchRetry: timer.subject == 0 && launchRetryAt == timer.dueAt
                case .modelBreaker: modelBreakers.breaker(openedBy: timer.subject)?.until == timer.dueAt
                case .scale: timer.subject == 0 && scaling?.dueAt == timer.dueAt
                case .idle: browsers.find(BrowserID(timer.subject)).map { $0.idleSince != .zero } ?? false
                }
            if !isWanted { return "the timer \(timer.kind.name) of \(timer.subject) guards nothing" }
        }
        return nil
    }
}
