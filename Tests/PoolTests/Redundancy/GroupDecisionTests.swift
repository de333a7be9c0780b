import Testing

@testable import Pool

@Suite("A task that runs in copies")
struct GroupDecisionTests {
    private static func policy(
        browsers: UInt32 = 3, copies: UInt32 = 2, _ change: (inout PoolPolicy) -> Void = { _ in }
    ) -> PoolPolicy {
        var policy = PoolPolicy(maxConnections: browsers, redundancyFactor: copies)
        change(&policy)
        return policy
    }

    /// A pool whose browsers are all there, and a task whose copies run.
    private static func group(_ policy: PoolPolicy = policy()) -> (PoolScenario, TaskID, [TaskID]) {
        var pool = PoolScenario(policy)
        let leader = pool.submit()
        let copies = pool.state.groups[leader].copies.map(\.task)
        while pool.state.obligations.contains(where: { $0.pointee.kind == .launch }) { pool.launch() }
        for copy in copies { pool.begin(copy) }
        return (pool, leader, copies)
    }

    @discardableResult
    private static func complete(_ copy: TaskID, in pool: inout PoolScenario) -> [Event] {
        pool.take(pool.progress(copy, items: pool.state.tasks[copy].itemsLeft))
        return pool.take(pool.completion(copy))
    }

    /// A report by which these pairs of copies differ, from item 4 on.
    private static func compared(
        _ leader: TaskID, in pool: PoolScenario, differing: [(TaskID, TaskID)]
    ) -> OutputsCompared {
        let votes = pool.state.groups[leader].votes
        let differences = votes.indices.flatMap { left in
            votes[(left + 1)...].map { right in
                let differs = differing.contains { $0.0 == votes[left] && $0.1 == right }
                return OutputDifference(
                    left: votes[left], right: right, items: differs ? 6 : 0, firstItem: differs ? 4 : 0,
                    largestAbsolute: differs ? 0.5 : 0)
            }
        }
        return OutputsCompared(
            obligation: pool.owed(.compare), leader: leader, differences: differences)
    }

    @Test("is copied as often as the policy says, or its owner, and waits for its copies")
    func copied() {
        var pool = PoolScenario(Self.policy(copies: 3))
        let leader = pool.submit()
        #expect(pool.state.tasks[leader].phase == .voting)
        #expect(pool.state.groups[leader].copies.count == 3)
        #expect(pool.state.queue.count == 3, "the copies wait, and the task does not")
        let alone = pool.submit(.test { $0.redundancy = 1 })
        #expect(pool.state.groups[leader].copies.allSatisfy { $0.task < alone })
        #expect(pool.state.tasks[alone].phase == .queued)
        let twice = pool.submit(.test { $0.redundancy = 2 })
        #expect(pool.state.groups[twice].copies.count == 2)
    }

    @Test("is refused where there are fewer browsers than copies")
    func tooMany() {
        let pool = PoolScenario(Self.policy(browsers: 2))
        expect(
            pool, on: TaskSubmitted(spec: .test { $0.redundancy = 3 }),
            becomes: .rejected(.redundancy(3, limit: 2)))
    }

    @Test("has its copies on different browsers, even where lanes are free (CORE-7)")
    func apart() {
        let (pool, _, copies) = Self.group(Self.policy(copies: 3) { $0.lanesPerBrowser = 3 })
        #expect(Set(copies.map { pool.browser(of: $0) }).count == 3)
    }

    @Test("succeeds when its copies agree, and with the outputs of one of them")
    func agreed() {
        var (pool, leader, copies) = Self.group()
        Self.complete(copies[0], in: &pool)
        #expect(pool.state.tasks.contains(leader), "one vote is none")
        let completed = Self.complete(copies[1], in: &pool)
        #expect(
            completed.ofType("comparison_decided") == [
                .comparisonDecided(
                    ComparisonDecided(
                        leader: leader, votes: copies, absoluteNano: 100, relativeNano: 1_000_000,
                        deadline: pool.now.adding(milliseconds: pool.state.policy.leaseMs)))
            ])
        let report = Self.compared(leader, in: pool, differing: [])
        let events = expect(
            pool, on: report,
            gives: [
                .groupAgreed(
                    GroupAgreed(
                        leader: leader, result: copies[0], agreeing: copies,
                        differences: report.differences)),
                .taskSucceeded(TaskSucceeded(task: leader, itemsDone: 10)),
            ])
        #expect(events.count == 3)
        pool.take(report)
        #expect(pool.state.groups.isEmpty && pool.state.tasks.isEmpty && pool.state.obligations.isEmpty)
    }

    @Test(
        "that has three copies outvotes the one that differs, and its browser is replaced and named (CORE-8)")
    func outvoted() {
        var (pool, leader, copies) = Self.group(Self.policy(copies: 3))
        let wrong = pool.browser(of: copies[0])
        let incarnation = pool.state.browsers[wrong].incarnation
        for copy in copies { Self.complete(copy, in: &pool) }
        let report = Self.compared(
            leader, in: pool, differing: [(copies[0], copies[1]), (copies[0], copies[2])])
        let events = pool.take(report)
        #expect(
            events.ofType("group_agreed") == [
                .groupAgreed(
                    GroupAgreed(
                        leader: leader, result: copies[1], agreeing: [copies[1], copies[2]],
                        outvoted: [
                            OutvotedCopy(
                                task: copies[0], firstItem: 4, browser: wrong, incarnation: incarnation)
                        ], differences: report.differences))
            ])
        #expect(
            events.ofType("browser_close_decided") == [
                .browserCloseDecided(
                    BrowserCloseDecided(
                        browser: wrong, incarnation: incarnation, reason: .quarantined, relaunch: false,
                        deadline: pool.now.adding(milliseconds: pool.state.policy.closeDeadlineMs)))
            ])
        #expect(events.ofType("task_succeeded").count == 1)
    }

    @Test("whose two copies disagree gets a third, on a third browser, which decides")
    func tieBreak() throws {
        var (pool, leader, copies) = Self.group()
        let ran = copies.map { pool.browser(of: $0) }
        for copy in copies { Self.complete(copy, in: &pool) }
        let events = pool.take(Self.compared(leader, in: pool, differing: [(copies[0], copies[1])]))
        #expect(
            events.ofType("task_copied") == [
                .taskCopied(TaskCopied(leader: leader, reason: .tieBreak))
            ])
        let third = try #require(pool.state.groups[leader].copies.last?.task)
        if pool.state.tasks[third].allocation == nil { pool.launch() }
        #expect(!ran.contains(pool.browser(of: third)) && pool.browser(of: third) != BrowserID(0))
        pool.begin(third)
        Self.complete(third, in: &pool)
        let decided = pool.take(
            Self.compared(leader, in: pool, differing: [(copies[0], copies[1]), (copies[1], third)]))
        guard case .groupAgreed(let agreed) = decided.ofType("group_agreed").first else {
            Issue.record("no agreement")
            return
        }
        #expect(agreed.result == copies[0] && agreed.outvoted.map(\.task) == [copies[1]])
        #expect(agreed.outvoted.map(\.browser) == [ran[1]])
    }

    @Test("fails where no more than half agree, also after a further copy")
    func disagreed() throws {
        var (pool, leader, copies) = Self.group()
        for copy in copies { Self.complete(copy, in: &pool) }
        pool.take(Self.compared(leader, in: pool, differing: [(copies[0], copies[1])]))
        let third = try #require(pool.state.groups[leader].copies.last?.task)
        if pool.state.tasks[third].allocation == nil { pool.launch() }
        pool.begin(third)
        Self.complete(third, in: &pool)
        let all = [(copies[0], copies[1]), (copies[0], third), (copies[1], third)]
        let report = Self.compared(leader, in: pool, differing: all)
        expect(
            pool, on: report,
            gives: [
                .groupDisagreed(
                    GroupDisagreed(
                        leader: leader, reason: .noMajority, votes: copies + [third],
                        differences: report.differences)),
                .taskFailed(
                    TaskFailed(
                        task: leader, failure: .outputsDisagree,
                        detail:
                            "no more than half of the 3 copies that completed agree on one output"
                    )),
            ])
    }

    @Test(
        "is served with the first copy where the policy says so, and a later disagreement still shows a browser"
    )
    func servedFirst() {
        var (pool, leader, copies) = Self.group(
            Self.policy(copies: 3) { $0.redundancy?.serve = .first })
        let wrong = pool.browser(of: copies[0])
        let first = Self.complete(copies[0], in: &pool)
        #expect(
            first.ofType("result_served") == [
                .resultServed(ResultServed(leader: leader, result: copies[0]))
            ])
        #expect(!pool.state.tasks.contains(leader) && pool.state.groups.contains(leader))
        for copy in copies[1...] { Self.complete(copy, in: &pool) }
        let events = pool.take(
            Self.compared(leader, in: pool, differing: [(copies[0], copies[1]), (copies[0], copies[2])]))
        #expect(events.ofType("task_succeeded").isEmpty, "the task has ended once (CORE-4)")
        #expect(events.ofType("group_agreed").count == 1)
        #expect(pool.state.browsers.find(wrong)?.phase == .closing)
        #expect(pool.state.groups.isEmpty)
    }

    @Test("goes on with the copies that are left, and fails with the last")
    func copiesLeave() {
        var (pool, leader, copies) = Self.group()
        func failed(_ copy: TaskID, _ pool: PoolScenario) -> RunFailed {
            RunFailed(
                obligation: pool.run(of: copy), allocation: pool.allocation(of: copy),
                failure: .inputInvalid)
        }
        var other = pool
        pool.take(failed(copies[0], pool))
        let events = Self.complete(copies[1], in: &pool)
        #expect(
            events.ofType("group_agreed") == [
                .groupAgreed(GroupAgreed(leader: leader, result: copies[1], agreeing: [copies[1]]))
            ], "one that is left alone is the result, and the event tells that it is alone")
        other.take(failed(copies[0], other))
        let last = other.take(failed(copies[1], other))
        #expect(
            last.ofType("group_abandoned") == [
                .groupAbandoned(GroupAbandoned(leader: leader, reason: .noVotes))
            ])
        #expect(other.state.tasks.isEmpty && other.state.groups.isEmpty)
    }

    @Test("ends its copies with itself, each once (CORE-4), and is the only one to be cancelled")
    func cancelled() {
        let (pool, leader, copies) = Self.group()
        expect(
            pool, on: TaskCancelRequested(task: copies[0]),
            becomes: .rejected(.copy(copies[0], of: leader)))
        var ended = pool
        let events = ended.take(TaskCancelRequested(task: leader))
        #expect(
            events.ofType("task_cancelled").map { payload in
                if case .taskCancelled(let cancelled) = payload { cancelled.task } else { TaskID(0) }
            } == copies + [leader])
        #expect(ended.state.tasks.isEmpty && ended.state.groups.isEmpty && ended.state.allocations.isEmpty)
    }

    @Test("times out with its copies, and has them given up though they have no deadline")
    func timedOut() {
        var pool = PoolScenario(Self.policy())
        let leader = pool.submit(.test { $0.deadlineMs = 500 })
        #expect(
            pool.state.groups[leader].copies.allSatisfy { pool.state.tasks[$0.task].spec.deadlineMs == 0 })
        pool.fireEarliest(.taskDeadline)
        #expect(pool.state.tasks.isEmpty && pool.state.groups.isEmpty)
    }

    @Test("is compared again after a comparison that gave nothing, within the budget")
    func comparisonFails() {
        var (pool, leader, copies) = Self.group(Self.policy { $0.retry.budget = 1 })
        for copy in copies { Self.complete(copy, in: &pool) }
        let stale = Self.compared(leader, in: pool, differing: [])
        pool.take(ComparisonFailed(obligation: pool.owed(.compare), leader: leader, detail: "no blob"))
        #expect(pool.owed(.compare) != stale.obligation)
        expect(
            pool, on: stale, becomes: .refused(.stale, subject: stale.obligation.sequence))
        let last = ComparisonFailed(obligation: pool.owed(.compare), leader: leader)
        expect(
            pool, on: last,
            gives: [
                .groupDisagreed(
                    GroupDisagreed(leader: leader, reason: .notCompared, votes: copies)),
                .taskFailed(
                    TaskFailed(
                        task: leader, failure: .outputsNotCompared,
                        detail: "the outputs of its 2 copies could not be compared")),
            ])
    }

    @Test("takes no report that does not compare all of its copies")
    func incompleteReport() {
        var (pool, leader, copies) = Self.group(Self.policy(copies: 3))
        for copy in copies { Self.complete(copy, in: &pool) }
        var report = Self.compared(leader, in: pool, differing: [])
        report.differences.removeLast()
        expect(
            pool, on: report, becomes: .refused(.outOfOrder, subject: report.obligation.sequence))
    }

    @Test("has a browser give way where a full pool has none for a copy (CORE-4)")
    func room() throws {
        var pool = PoolScenario(Self.policy(browsers: 2))
        let leader = pool.submit()
        let copies = pool.state.groups[leader].copies.map(\.task)
        pool.launch()
        // The second launch is late: the first copy runs to its end alone, and then both browsers are given to others.
        let first = pool.browser(of: copies[0])
        pool.begin(copies[0])
        pool.take(pool.progress(copies[0], items: 4))
        let second = pool.launch()
        pool.begin(copies[1])
        pool.take(pool.progress(copies[1], items: 4))
        pool.take(pool.failure(of: first))
        #expect(pool.state.queue.count == 1)
        Self.complete(copies[1], in: &pool)
        pool.launch()
        #expect(pool.browser(of: copies[0]) == first, "it goes on on its own browser, started anew")
        #expect(pool.state.browsers[second].allocations.isEmpty)
        pool.begin(copies[0])
        Self.complete(copies[0], in: &pool)
        let events = pool.take(Self.compared(leader, in: pool, differing: [(copies[0], copies[1])]))
        guard case .browserRecycleDecided(let recycled) = events.ofType("browser_recycle_decided").first
        else {
            Issue.record("no browser gives way to the third copy")
            return
        }
        #expect(recycled.reason == .copies)
        pool.take(pool.closed(recycled.browser))
        let third = try #require(pool.state.groups[leader].copies.last?.task)
        let new = pool.launch()
        #expect(new != first && new != second && pool.browser(of: third) == new)
    }

    @Test("has a browser give way where there is no memory for one more (CORE-4)")
    func roomInMemory() {
        var pool = PoolScenario(Self.policy(copies: 1) { $0.scaling?.memoryLimitBytes = 500 << 20 })
        let alone = pool.running()
        let browser = pool.browser(of: alone)
        Self.complete(alone, in: &pool)
        pool.take(
            MetricsSampled(
                browser: browser, incarnation: pool.state.browsers[browser].incarnation,
                browserBytes: 300 << 20))
        let leader = pool.submit(.test { $0.redundancy = 2 })
        let copies = pool.state.groups[leader].copies.map(\.task)
        #expect(pool.state.browsers.count == 1 && pool.state.memory.room == 0)
        pool.begin(copies[0])
        let events = Self.complete(copies[0], in: &pool)
        guard case .browserRecycleDecided(let recycled) = events.ofType("browser_recycle_decided").first
        else {
            Issue.record("no browser gives way to the second copy")
            return
        }
        #expect(recycled.browser == browser && recycled.reason == .copies)
        pool.take(pool.closed(browser))
        let new = pool.launch()
        #expect(new != browser && pool.browser(of: copies[1]) == new)
    }

    @Test(
        "gets the browser that another one gave way to, though its lanes are more than the load needs (CORE-8)"
    )
    func roomAboveLoad() {
        var (pool, leader, copies) = Self.group(
            Self.policy(browsers: 2) {
                $0.lanesPerBrowser = 3
                $0.heartbeat = nil
                $0.scaling = ScalingPolicy(stableWindowMs: 1_000, panicWindowMs: 100, cooldownMs: 1_000)
            })
        for copy in copies { Self.complete(copy, in: &pool) }
        let disagreed = pool.take(Self.compared(leader, in: pool, differing: [(copies[0], copies[1])]))
        guard case .browserCloseDecided(let closing) = disagreed.ofType("browser_close_decided").first else {
            Issue.record("no browser gives way to the third copy")
            return
        }
        pool.wait(milliseconds: 30_000)
        let events = pool.take(pool.closed(closing.browser))
        #expect(events.ofType("pool_scaled").isEmpty)
        #expect(events.ofType("browser_launch_decided").count == 1)
    }

    @Test("goes on without a copy for which no other browser can be launched (CORE-4)")
    func noOtherBrowser() {
        var pool = PoolScenario(
            Self.policy(browsers: 2) {
                $0.retry.budget = 1
                $0.heartbeat = nil
            })
        let leader = pool.submit()
        let copies = pool.state.groups[leader].copies.map(\.task)
        pool.launch()
        pool.begin(copies[0])
        Self.complete(copies[0], in: &pool)
        func failed(_ pool: PoolScenario) -> BrowserLaunchFailed {
            let browser = pool.state.browsers.ids.last ?? BrowserID(0)
            return BrowserLaunchFailed(
                obligation: pool.owed(.launch), browser: browser, evidence: .processExited)
        }
        pool.take(failed(pool))
        #expect(pool.state.isQueued(copies[1]), "another launch is to be tried")
        pool.fireEarliest(.launchRetry)
        let events = pool.take(failed(pool))
        #expect(
            events.ofType("task_failed") == [
                .taskFailed(
                    TaskFailed(
                        task: copies[1], failure: .noOtherBrowser,
                        detail:
                            "no browser can be launched besides those that ran other copies of its task"))
            ])
        #expect(
            events.ofType("group_agreed") == [
                .groupAgreed(GroupAgreed(leader: leader, result: copies[0], agreeing: [copies[0]]))
            ])
        #expect(pool.state.tasks.isEmpty && pool.state.groups.isEmpty)
    }

    @Test("gets as many browsers as it has copies where the lanes of one would do for all")
    func browsersForCopies() {
        var pool = PoolScenario(Self.policy(copies: 3) { $0.lanesPerBrowser = 3 })
        _ = pool.submit()
        #expect(pool.state.scaling?.demand == 3, "the copies can run, and the task itself cannot")
        pool.launch()
        pool.launch()
        #expect(pool.state.queue.count == 1 && pool.state.target == 3)
    }

    @Test("whose copies have ended can run no more: it asks for no browser while their outputs are compared")
    func demand() {
        var (pool, leader, copies) = Self.group()
        #expect(pool.state.scaling?.demand == 2)
        for copy in copies { Self.complete(copy, in: &pool) }
        #expect(pool.state.scaling?.demand == 0)
        pool.take(Self.compared(leader, in: pool, differing: []))
        #expect(pool.state.tasks.isEmpty && pool.state.scaling?.demand == 0)
    }

    @Test("keeps its copies apart when one leaves a browser that is taken to be about to fail (CORE-7)")
    func predicted() {
        for browsers in [2, 3] as [UInt32] {
            var (pool, _, copies) = Self.group(
                Self.policy(browsers: browsers) {
                    $0.warmBrowsers = browsers
                    $0.lanesPerBrowser = 2
                    $0.breaker = nil
                    $0.heartbeat?.intervalMs = 1_000
                    $0.prediction = PredictionPolicy(rule: .phi, phiMilli: 2_000)
                })
            let (left, other) = (pool.browser(of: copies[0]), pool.browser(of: copies[1]))
            for ms in Array(repeating: 1_000, count: 10) + [1_900] as [UInt64] {
                pool.wait(milliseconds: ms)
                pool.take(
                    BrowserHeartbeat(
                        browser: left, incarnation: pool.state.browsers[left].incarnation, answerMs: 5,
                        canaryMs: 2, memoryBytes: 300 << 20))
            }
            #expect(pool.state.browsers[left].recycling == .predicted)
            pool.take(pool.progress(copies[0], items: 4))
            let right = pool.browser(of: copies[0])
            #expect(right != other, "of \(browsers) browsers")
            #expect((right == left) == (browsers == 2), "without a third browser it stays, of \(browsers)")
        }
    }

    @Test("is held with its copies by an engine's end, and resumed with them")
    func suspended() {
        var (pool, leader, copies) = Self.group()
        Self.complete(copies[0], in: &pool)
        pool.take(EngineStarted(revision: PoolState.decisionRevision, holdTasks: true))
        pool.take(PoolConfigured(policy: Self.policy()))
        #expect(pool.state.tasks[leader].phase == .suspended)
        #expect(pool.state.tasks[copies[1]].phase == .suspended)
        expect(
            pool, on: TaskResumeRequested(task: copies[1]),
            becomes: .rejected(.copy(copies[1], of: leader)))
        pool.take(TaskResumeRequested(task: leader))
        #expect(pool.state.tasks[leader].phase == .voting)
        #expect(pool.state.tasks[copies[1]].phase == .queued)
    }

    @Test("keeps its group through a snapshot (CORE-3)")
    func snapshot() throws {
        var (pool, leader, copies) = Self.group()
        for copy in copies { Self.complete(copy, in: &pool) }
        let decoded = try PoolState(decoding: pool.state.canonicalBytes())
        #expect(decoded == pool.state)
        #expect(decoded.groups[leader].comparison == pool.owed(.compare))
    }
}
