/// What may follow in the life of a redundancy group: its task is copied, the copies end as tasks do, their outputs are
/// compared, and the group agrees, disagrees, or is abandoned, once.
extension PoolState {
    mutating func evolve(_ copied: TaskCopied, at event: EventStamp) {
        if !groups.contains(copied.leader) {
            let leader = tasks.place(of: copied.leader)
            if !tasks[at: leader].isResting { demandChanges(by: -1) }
            tasks[at: leader].phase = .voting
            var spec = tasks[at: leader].spec
            spec.deadlineMs = 0
            groups.insert(GroupState(id: copied.leader, spec: spec))
        }
        let group = groups.place(of: copied.leader)
        let copy = TaskID(event.sequence)
        groups[at: group].copies.append(CopyState(task: copy))
        if copied.reason == .tieBreak { groups[at: group].tieBreak = true }
        tasks.insert(
            TaskState(
                id: copy, spec: groups[at: group].spec, phase: .queued, submittedAt: event.at,
                leader: copied.leader))
        demandChanges(by: 1)
    }

    mutating func evolve(_ decided: ComparisonDecided, at event: EventStamp) {
        let id = ObligationID(event.sequence)
        obligations.insert(
            ObligationState(id: id, kind: .compare, browser: BrowserID(0), task: decided.leader))
        groups[decided.leader].comparison = id
        timers.set(.compare, event.sequence, at: decided.deadline)
    }

    mutating func evolve(_ compared: OutputsCompared) {
        discharge(compared.obligation)
        groups[compared.leader].failedComparisons = 0
    }

    mutating func evolve(_ served: ResultServed) { groups[served.leader].served = served.result }

    /// Counts a comparison that gave nothing, and closes it.
    mutating func failComparison(_ id: ObligationID) {
        let leader = obligations.find(id)?.task
        discharge(id)
        guard let group = leader.flatMap({ groups.placeIfPresent(of: $0) }) else { return }
        groups[at: group].failedComparisons = min(groups[at: group].failedComparisons, .max - 1) + 1
    }

    /// Gives up the comparison that a task waits for, if it waits for one.
    mutating func voidComparison(of leader: TaskID) {
        if let comparison = groups.find(leader)?.comparison { discharge(comparison) }
    }

    mutating func removeGroup(of leader: TaskID) {
        voidComparison(of: leader)
        groups.discard(leader)
        begunGroups.remove(leader)
    }

    /// A task goes on that was suspended while its copies ran.
    mutating func resumeGroup(of leader: TaskID) {
        guard groups.contains(leader), let task = tasks.placeIfPresent(of: leader) else { return }
        tasks[at: task].phase = .voting
    }

    /// A copy ends as a task: it has voted, or leaves its group.
    mutating func endCopy(
        _ id: TaskID, of leader: TaskID, as phase: CopyPhase, _ failure: TaskFailure?
    ) {
        guard let (group, copy) = place(ofCopy: id, of: leader) else { return }
        begunGroups.insert(leader)
        groups[at: group].copies[copy].phase = phase
        if phase == .left { groups[at: group].copies[copy].runs = [] }
        if let failure { groups[at: group].failure = failure }
    }

    /// Takes note of the items that a copy has the results of from an allocation.
    mutating func note(_ allocation: AllocationState, of leader: TaskID, ranTo end: UInt64) {
        guard end > allocation.firstItem, let (group, copy) = place(ofCopy: allocation.task, of: leader)
        else { return }
        let run = CopyRun(
            browser: allocation.browser, incarnation: allocation.incarnation,
            firstItem: allocation.firstItem, endItem: end)
        begunGroups.insert(leader)
        groups[at: group].copies[copy].add(run) { !browsers.contains($0) }
    }

    private func place(ofCopy id: TaskID, of leader: TaskID) -> (group: Int, copy: Int)? {
        guard let group = groups.placeIfPresent(of: leader),
            let copy = groups[at: group].copies.firstIndex(where: { $0.task == id })
        else { return nil }
        return (group, copy)
    }
}

extension CopyState {
    /// Runs that are kept of one copy: as many as a pool has browsers.
    static let runLimit = Int(PoolPolicy.connectionLimit)

    /// Adds the run of the next items. Beyond the limit one goes that says least: of a browser that is gone, or of one
    /// with a later run.
    fileprivate mutating func add(_ run: CopyRun, isGone: (BrowserID) -> Bool) {
        if let last = runs.last, last.incarnation == run.incarnation, last.endItem == run.firstItem {
            runs[runs.count - 1].endItem = run.endItem
            return
        }
        runs.append(run)
        guard runs.count > Self.runLimit else { return }
        let least = runs.indices.first { place in
            isGone(runs[place].browser)
                || runs[(place + 1)...].contains { $0.browser == runs[place].browser }
        }
        runs.remove(at: least ?? 0)
    }

    /// Where the result of an item comes from; nil when that is not known any more.
    func run(of item: UInt64) -> CopyRun? { runs.first { $0.firstItem <= item && item < $0.endItem } }
}

extension GroupState {
    /// The copies that have voted, in the order in which they were made.
    public var votes: [TaskID] { copies.filter { $0.phase == .voted }.map(\.task) }

    /// Whether a copy has results, or has ended.
    var hasBegun: Bool { copies.contains { $0.phase != .running || !$0.runs.isEmpty } }

    /// Whether a copy is a task in hand.
    var isRunning: Bool { copies.contains { $0.phase == .running } }

    /// The pairs of votes that a comparison reports on, in its order.
    func comparesAll(_ differences: [OutputDifference]) -> Bool {
        let votes = votes
        let pairs = votes.indices.flatMap { left in votes[(left + 1)...].map { (votes[left], $0) } }
        return pairs.count == differences.count
            && zip(pairs, differences).allSatisfy { $0.0 == $1.left && $0.1 == $1.right }
    }
}

extension PoolState {
    /// The groups of which something holds, of those that have begun, in the order of their tasks.
    func begunGroups(where holds: (GroupState) -> Bool) -> [GroupState] {
        begunGroups.compactMap { holds(groups[$0]) ? groups[$0] : nil }
    }

    /// Where a copy must not run: on the browsers on which other copies of its task run, or which gave results of
    /// theirs. Of a task that is no copy there are none.
    func browsers(ofOtherCopiesThan task: TaskState) -> [BrowserID] {
        guard let group = groups.find(task.leader) else { return [] }
        var taken: [BrowserID] = []
        for copy in group.copies where copy.task != task.id && copy.phase != .left {
            taken += copy.runs.map(\.browser)
            let other = tasks.find(copy.task)
            taken += [other?.allocation, other?.rival].compactMap { allocations.find($0)?.browser }
        }
        return taken
    }
}

extension TaskSpec {
    /// How many times it runs under a policy; 1 when it runs itself.
    func copies(under policy: PoolPolicy) -> UInt32 {
        max(redundancy == 0 ? policy.redundancyFactor : redundancy, 1)
    }
}
