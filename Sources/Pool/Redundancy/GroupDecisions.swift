/// A task with redundancy does not run itself. It runs in copies, each a task of its own that is granted, recovered and
/// ended as any other, but on a browser without another copy. A copy that completes is a vote; one of the votes is the
/// result (CORE-7).
extension Decider {
    /// Makes copies of a task and puts them into the queue.
    mutating func copy(_ leader: TaskID, times: UInt32, _ reason: CopyReason, cause: UInt64) {
        let copies = (0..<times).map { _ in
            TaskID(emit(TaskCopied(leader: leader, reason: reason), cause: cause))
        }
        for copy in copies { choose(for: copy, cause: copy.sequence) }
    }

    /// Puts the copies of a resumed task back into the queue.
    mutating func resumeCopies(of leader: TaskID, cause: UInt64) {
        for copy in state.groups[leader].copies where state.tasks.find(copy.task)?.phase == .suspended {
            queue(copy.task, .resumed, cause: cause)
        }
    }

    /// Ends the copies of a task that ends before them; nothing happens when it has none.
    mutating func abandonCopies(of leader: TaskID, _ reason: AbandonReason, cause: UInt64) {
        guard let group = state.groups.find(leader) else { return }
        for copy in group.copies where copy.phase == .running {
            end(copy.task, as: .cancelled, cause: cause)
        }
        emit(GroupAbandoned(leader: leader, reason: reason), cause: cause)
    }

    /// With an engine its browsers end, and what further copies would show of them is of no use any more.
    mutating func abandonServedGroups(cause: UInt64) {
        for group in state.groups.filter({ $0.pointee.served != nil }) {
            abandonCopies(of: group.id, .engineEnded, cause: cause)
        }
    }

    /// Decides on the groups whose copies have ended, and says whether a task may have something new to run on, or be
    /// new itself.
    mutating func settleGroups(cause: UInt64) -> Bool {
        guard state.begunGroups.count > 0 else { return false }
        serveFirst(cause: cause)
        let complete = state.begunGroups { group in
            group.comparison == nil && !group.isRunning
                && state.tasks.find(group.id)?.phase != .suspended
        }
        for group in complete { conclude(group, cause: cause) }
        return makeRoomForCopies(cause: cause) || !complete.isEmpty
    }

    /// Gives the owners the first results, where the policy says so.
    private mutating func serveFirst(cause: UInt64) {
        guard state.policy.redundancy?.serve == .first else { return }
        let served = state.begunGroups { group in
            group.served == nil && group.copies.contains { $0.phase == .voted }
                && state.tasks.find(group.id)?.phase == .voting
        }
        for group in served {
            guard let first = group.votes.first else { continue }
            emit(ResultServed(leader: group.id, result: first), cause: cause)
            emit(TaskSucceeded(task: group.id, itemsDone: group.spec.itemsTotal), cause: cause)
        }
    }

    /// Every copy has ended: their outputs are compared, if there are several.
    private mutating func conclude(_ group: GroupState, cause: UInt64) {
        let votes = group.votes
        if votes.isEmpty {
            emit(GroupAbandoned(leader: group.id, reason: .noVotes), cause: cause)
            let failure = group.failure ?? .executorFault
            let detail =
                "none of its \(group.copies.count) copies completed; the last failed by \(failure.name)"
            fail(group.id, failure, detail, cause: cause)
        } else if votes.count == 1 {
            agree(group, Verdict(of: votes, []), [], cause: cause)
        } else if group.failedComparisons > state.policy.retry.budget {
            disagree(group, .notCompared, [], cause: cause)
        } else {
            let policy = state.policy.redundancy ?? RedundancyPolicy()
            emit(
                ComparisonDecided(
                    leader: group.id, votes: votes, absoluteNano: policy.absoluteNano,
                    relativeNano: policy.relativeNano,
                    deadline: now.adding(milliseconds: state.policy.leaseMs)),
                cause: cause)
        }
    }

    mutating func outputsCompared(_ compared: OutputsCompared) -> StepOutcome? {
        guard let group = comparedGroup(compared.obligation, compared.leader) else {
            return .refused(.stale, subject: compared.obligation.sequence)
        }
        guard group.comparesAll(compared.differences) else {
            return .refused(.outOfOrder, subject: compared.obligation.sequence)
        }
        let cause = emit(compared, cause: compared.obligation.sequence)
        judge(group, compared.differences, cause: cause)
        settle(cause: cause)
        return nil
    }

    mutating func comparisonFailed(_ failed: ComparisonFailed) -> StepOutcome? {
        guard comparedGroup(failed.obligation, failed.leader) != nil else {
            return .refused(.stale, subject: failed.obligation.sequence)
        }
        let cause = emit(failed, cause: failed.obligation.sequence)
        settle(cause: cause)
        return nil
    }

    private func comparedGroup(_ obligation: ObligationID, _ leader: TaskID) -> GroupState? {
        state.groups.find(leader).flatMap { $0.comparison == obligation ? $0 : nil }
    }

    private mutating func judge(_ group: GroupState, _ differences: [OutputDifference], cause: UInt64) {
        let verdict = Verdict(of: group.votes, differences)
        if verdict.isCarried {
            agree(group, verdict, differences, cause: cause)
        } else if verdict.isWithinOneVote, !group.tieBreak {
            copy(group.id, times: 1, .tieBreak, cause: cause)
        } else {
            disagree(group, .noMajority, differences, cause: cause)
        }
    }

    private mutating func agree(
        _ group: GroupState, _ verdict: Verdict, _ differences: [OutputDifference], cause: UInt64
    ) {
        let outvoted = group.copies.filter { $0.phase == .voted && !verdict.agreeing.contains($0.task) }
            .map { $0.outvoted(by: verdict.result, differences) }
        let agreed = emit(
            GroupAgreed(
                leader: group.id, result: verdict.result, agreeing: verdict.agreeing, outvoted: outvoted,
                differences: differences),
            cause: cause)
        if group.served == nil {
            emit(TaskSucceeded(task: group.id, itemsDone: group.spec.itemsTotal), cause: agreed)
        }
        for copy in outvoted { replace(copy, cause: agreed) }
    }

    private mutating func disagree(
        _ group: GroupState, _ reason: DisagreeReason, _ differences: [OutputDifference], cause: UInt64
    ) {
        let votes = group.votes
        let disagreed = emit(
            GroupDisagreed(leader: group.id, reason: reason, votes: votes, differences: differences),
            cause: cause)
        guard group.served == nil else { return }
        switch reason {
        case .noMajority:
            let detail = "no more than half of the \(votes.count) copies that completed agree on one output"
            fail(group.id, .outputsDisagree, detail, cause: disagreed)
        case .notCompared:
            let detail = "the outputs of its \(votes.count) copies could not be compared"
            fail(group.id, .outputsNotCompared, detail, cause: disagreed)
        }
    }

    /// Replaces the browser that gave the wrong output of an outvoted copy, unless its process has ended since: another
    /// one that is started in its place shares nothing with it.
    private mutating func replace(_ copy: OutvotedCopy, cause: UInt64) {
        guard state.policy.enableFaultTolerance, let browser = state.browsers.find(copy.browser),
            browser.incarnation == copy.incarnation, browser.isUsable || browser.phase == .healing
        else { return }
        close(browser.id, .quarantined, relaunch: false, cause: cause)
        recoverAll(
            browser.allocations, .browserFailed, evidence: .outputWrong, healing: nil, cause: cause)
        forsake(browser.id, cause: cause)
    }
}

extension CopyState {
    /// What is said of a copy that differs from the result.
    fileprivate func outvoted(by result: TaskID, _ differences: [OutputDifference]) -> OutvotedCopy {
        let difference = differences.first {
            $0.left == task && $0.right == result || $0.left == result && $0.right == task
        }
        let item = difference?.firstItem ?? 0
        let run = run(of: item)
        return OutvotedCopy(
            task: task, firstItem: item, browser: run?.browser, incarnation: run?.incarnation)
    }
}
