import Testing

@testable import Pool

@Suite struct DecisionCheckTests {
    /// The steps of a task that was submitted and given a browser.
    private func steps() -> [[Event]] {
        var state = PoolState()
        func step(_ observation: some EventMessage) -> [Event] {
            guard
                case .recorded(let events) = state.step(
                    observation.payload, at: EventTime(nanoseconds: 1_000_000_000_000))
            else {
                Issue.record("\(observation) was not recorded")
                return []
            }
            return events
        }
        var steps = [
            step(EngineStarted(revision: PoolState.decisionRevision)),
            step(PoolConfigured(policy: PoolPolicy(maxConnections: 2))),
            step(TaskSubmitted(spec: .test())),
        ]
        let launch = steps[2].last?.sequence ?? 0
        let facts = BrowserFacts(pid: 7, kind: .headlessShell, adapter: Adapter(), simulated: true)
        steps.append(
            step(
                BrowserLaunched(obligation: ObligationID(launch), browser: BrowserID(launch), facts: facts)))
        return steps
    }

    private func check(_ steps: [[Event]]) throws(DecisionDivergence) -> DecisionCheck {
        var check = DecisionCheck()
        for step in steps { try check.check(step) }
        return check
    }

    @Test("what was decided is decided again, to the same state (CORE-2)")
    func same() throws {
        let steps = steps()
        let check = try check(steps)
        #expect(check.steps == steps.count)
        #expect(check.stepsOfOtherRevisions == 0)
        #expect(check.state == PoolState.fold(steps.joined()))
    }

    @Test("a step that was decided otherwise is told with both events")
    func otherwise() throws {
        var steps = steps()
        let index = try #require(steps[3].firstIndex { $0.payload.name.description == "task_granted" })
        let decided = steps[3][index]
        steps[3][index].cause = 1
        let recorded = steps[3][index]
        #expect(throws: DecisionDivergence.otherwise(recorded: recorded, decided: decided)) {
            try check(steps)
        }
        #expect(
            DecisionDivergence.otherwise(recorded: recorded, decided: decided).sequence == decided.sequence)
    }

    @Test("a decision that is missing or too much is told")
    func otherCount() throws {
        var fewer = steps()
        let missing = fewer[3].removeLast()
        #expect(throws: DecisionDivergence.missing(missing)) { try check(fewer) }
        var more = steps()
        var surplus = missing
        surplus.sequence += 1
        more[3].append(surplus)
        #expect(throws: DecisionDivergence.surplus(surplus)) { try check(more) }
    }

    @Test("a step that begins with a decision, or that would be refused, is told")
    func impossible() throws {
        let last = try #require(steps()[3].last)
        var decision = last
        decision.sequence += 1
        #expect(throws: DecisionDivergence.noObservation(decision)) { try check(steps() + [[decision]]) }
        let report = Event(
            sequence: last.sequence + 1, at: last.at, cause: 0,
            payload: TaskCancelRequested(task: TaskID(999)).payload)
        do {
            _ = try check(steps() + [[report]])
            Issue.record("it was taken")
        } catch {
            #expect(error.sequence == report.sequence)
        }
    }

    @Test(
        "steps of another revision that are decided otherwise now are counted, and folded as they are recorded"
    )
    func otherRevision() throws {
        var steps = steps()
        steps[0][0].payload =
            EngineStarted(revision: PoolState.decisionRevision + 1).payload
        let index = try #require(steps[3].firstIndex { $0.payload.name.description == "run_assigned" })
        steps[3][index].cause = 1
        let check = try check(steps)
        #expect(check.stepsOfOtherRevisions == steps.count)
        #expect(check.differingSteps == 1)
        #expect(check.firstDiffering == steps[3][0].sequence)
        #expect(check.state.position == steps[3].last?.sequence)
    }
}
