import Pool

/// CORE-7 of a task that runs in copies: each is a vote, on browsers of its own, and one of them is the result. CORE-4 of
/// the group that they are.
extension InvariantChecker {
    mutating func takeGroup(_ event: Event) {
        switch event.payload {
        case .taskCopied(let copied): takeCopy(copied, event)
        case .taskSucceeded(let ended): endCopy(ended.task, as: .voted)
        case .taskFailed(let ended): endCopy(ended.task, as: .left)
        case .taskCancelled(let ended): endCopy(ended.task, as: .left)
        case .taskTimedOut(let ended): endCopy(ended.task, as: .left)
        case .taskSuspended(let suspended):
            if let comparison = groups[suspended.task]?.comparison { close(comparison) }
        case .taskResumeRequested(let request):
            if groups[request.task] != nil { tasks[request.task]?.standing = .voting }
        case .comparisonDecided(let decided): takeComparison(decided, event.sequence)
        case .outputsCompared(let compared):
            answer(.compare, compared.obligation, on: nil)
            checkDifferences(compared)
        case .comparisonFailed(let failed): answer(.compare, failed.obligation, on: nil)
        case .resultServed(let served):
            require(
                groups[served.leader]?.isServed == false, .core7, "task \(served.leader) is served twice")
            takeResult(served.result, of: served.leader)
            groups[served.leader]?.isServed = true
        case .groupAgreed(let agreed): takeAgreement(agreed)
        case .groupDisagreed(let disagreed): takeDisagreement(disagreed)
        case .groupAbandoned(let abandoned): endGroup(abandoned.leader)
        default: break
        }
    }

    private mutating func takeCopy(_ copied: TaskCopied, _ event: Event) {
        let id = TaskID(event.sequence)
        if groups[copied.leader] == nil {
            guard let leader = tasks[copied.leader], leader.standing == .submitted, leader.leader == nil
            else {
                return report(.core7, "task \(copied.leader) is copied, and runs or is a copy itself")
            }
            groups[copied.leader] = CheckedGroup(spec: leader.spec)
            tasks[copied.leader]?.standing = .voting
            tasks[copied.leader]?.hasCopies = true
        }
        guard let spec = groups[copied.leader]?.spec else { return }
        groups[copied.leader]?.copies.append(CheckedCopy(task: id))
        tasks[id] = CheckedTask(spec: spec, submittedAt: event.at, leader: copied.leader)
    }

    /// The copy's task has ended, and with it is known no more.
    private mutating func endCopy(_ id: TaskID, as standing: CheckedCopy.Standing) {
        for (leader, group) in groups {
            guard let place = group.copies.firstIndex(where: { $0.task == id }) else { continue }
            groups[leader]?.copies[place].standing = standing
        }
    }

    /// Results of a copy are a vote.
    mutating func takeVote(of id: TaskID, _ items: Range<UInt64>, from run: ObligationID) {
        guard let leader = tasks[id]?.leader, let run = runs[run],
            let place = groups[leader]?.copies.firstIndex(where: { $0.task == id })
        else { return }
        let results = CheckedCopy.Results(items: items, browser: run.browser, offBy: run.offBy)
        groups[leader]?.copies[place].results.append(results)
        let others = groups[leader]?.copies.filter { $0.task != id && $0.standing != .left } ?? []
        require(
            !others.flatMap(\.results).contains { $0.browser == run.browser }, .core7,
            "browser \(run.browser) gave results of two copies of task \(leader)")
    }

    /// The browsers of other copies of a task: those that they hold lanes of, and those that gave results of theirs.
    func browsers(ofOtherCopiesThan id: TaskID) -> Set<BrowserID> {
        guard let leader = tasks[id]?.leader, let group = groups[leader] else { return [] }
        var found: Set<BrowserID> = []
        for copy in group.copies where copy.task != id && copy.standing != .left {
            found.formUnion(copy.results.map(\.browser))
            let held = [tasks[copy.task]?.allocation, tasks[copy.task]?.rival]
            found.formUnion(held.compactMap { $0.flatMap { allocations[$0]?.browser } })
        }
        return found
    }

    /// Whether a copy has something to wait for although all browsers are those of other copies: one of them is started
    /// anew for it, or the copies there still run.
    func leavesRoom(for id: TaskID) -> Bool {
        guard let leader = tasks[id]?.leader, let group = groups[leader] else { return false }
        return browsers(ofOtherCopiesThan: id).contains { browsers[$0]?.isRecycling == true }
            || group.copies.contains { $0.task != id && tasks[$0.task]?.allocation != nil }
    }

    private mutating func takeComparison(_ decided: ComparisonDecided, _ sequence: UInt64) {
        guard let group = groups[decided.leader] else {
            return report(.core7, "copies of task \(decided.leader) are compared, which has none")
        }
        require(
            group.votes.map(\.task) == decided.votes && !group.copies.contains { $0.standing == .running },
            .core7, "the copies of task \(decided.leader) are compared before all have ended")
        require(
            group.comparison == nil, .core9, "the copies of task \(decided.leader) are compared twice at once"
        )
        let id = ObligationID(sequence)
        groups[decided.leader]?.comparison = id
        obligations[id] = CheckedObligation(kind: .compare, browser: BrowserID(0), leader: decided.leader)
    }

    /// What was reported is what the copies really gave.
    private mutating func checkDifferences(_ compared: OutputsCompared) {
        guard seesExecutor, let group = groups[compared.leader] else { return }
        for difference in compared.differences {
            let sides = [difference.left, difference.right].compactMap { side in
                group.copies.first { $0.task == side }
            }
            require(
                sides.count == 2 && sides[0].isLike(sides[1]) == (difference.items == 0), .core7,
                "copies \(difference.left) and \(difference.right) are not as far apart as is reported")
        }
    }

    private mutating func takeResult(_ result: TaskID, of leader: TaskID) {
        require(
            groups[leader]?.votes.contains { $0.task == result } ?? false, .core7,
            "task \(leader) has the result of task \(result), which is no copy that completed")
        if let total = tasks[leader]?.itemsTotal { tasks[leader]?.itemsDone = total }
    }

    private mutating func takeAgreement(_ agreed: GroupAgreed) {
        takeResult(agreed.result, of: agreed.leader)
        guard let group = groups[agreed.leader] else { return }
        let votes = group.votes
        require(
            agreed.agreeing.count * 2 > votes.count && agreed.agreeing.contains(agreed.result)
                && Set(agreed.agreeing + agreed.outvoted.map(\.task)) == Set(votes.map(\.task)), .core7,
            "the result of task \(agreed.leader) is not that of most of its copies")
        if seesExecutor, let result = votes.first(where: { $0.task == agreed.result }) {
            require(
                votes.allSatisfy { $0.isLike(result) == agreed.agreeing.contains($0.task) }, .core7,
                "the result of task \(agreed.leader) is not what is counted for it")
            for copy in agreed.outvoted { checkBlame(copy, result, votes) }
        }
        endGroup(agreed.leader)
    }

    /// The browser that is named gave the item in which an outvoted copy differs.
    private mutating func checkBlame(
        _ outvoted: OutvotedCopy, _ result: CheckedCopy, _ votes: [CheckedCopy]
    ) {
        let wrong = votes.first { $0.task == outvoted.task }?.results(of: outvoted.firstItem)
        require(
            wrong?.offBy != result.results(of: outvoted.firstItem)?.offBy
                && (outvoted.browser == nil || outvoted.browser == wrong?.browser), .core8,
            "task \(outvoted.task) is outvoted for what its browser did not give")
        guard policy.enableFaultTolerance, let browser = outvoted.browser else { return }
        self.outvoted[browser] = outvoted.incarnation
    }

    /// A browser whose output is wrong is given nothing any more.
    mutating func checkOutvoted() {
        for (id, incarnation) in outvoted.sorted(by: { $0.key < $1.key }) {
            require(
                browsers[id]?.incarnation != incarnation || browsers[id]?.standing != .usable, .core8,
                "browser \(id) gave a wrong output and is in use")
        }
        outvoted = [:]
    }

    private mutating func takeDisagreement(_ disagreed: GroupDisagreed) {
        if let group = groups[disagreed.leader] {
            require(
                disagreed.votes == group.votes.map(\.task), .core7,
                "the copies of task \(disagreed.leader) that voted are others")
            require(
                !seesExecutor || disagreed.reason != .noMajority || group.mostAlike * 2 <= group.votes.count,
                .core7, "most copies of task \(disagreed.leader) gave the same")
        }
        endGroup(disagreed.leader)
    }

    private mutating func endGroup(_ leader: TaskID) {
        guard let group = groups.removeValue(forKey: leader) else {
            return report(.core7, "the copies of task \(leader) end, which has none")
        }
        for copy in group.copies where copy.standing == .running {
            report(.core4, "task \(copy.task), a copy of task \(leader), goes on after its group")
        }
        if let comparison = group.comparison { close(comparison) }
    }
}
