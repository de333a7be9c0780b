import Pool
import Testing

@testable import PoolEngine

@Suite("The step machine")
struct StepMachineTests {
    var machine = StepMachine(resuming: PoolState())
    let now = EventTime(nanoseconds: 1_000)

    init() {
        _ = machine.receive(EngineStarted(revision: PoolState.decisionRevision).payload, at: now)
        _ = machine.receive(PoolConfigured(policy: PoolPolicy(maxConnections: 1)).payload, at: now)
    }

    private mutating func submit() -> StepMachine.Step? {
        let reaction = machine.receive(TaskSubmitted(spec: .test()).payload, at: now)
        guard case .append(let step) = reaction else { return nil }
        return step
    }

    @Test("keeps an effect back until its decision is durable (CORE-9)")
    mutating func effectsWait() throws {
        let step = try #require(submit())
        let launch = try #require(step.events.last)
        #expect(launch.payload.name.description == "browser_launch_decided")
        #expect(machine.becameDurable(through: launch.sequence - 1) == [])
        let effects = machine.becameDurable(through: launch.sequence)
        #expect(effects.map(\.obligation) == [ObligationID(launch.sequence)])
        #expect(machine.becameDurable(through: launch.sequence) == [])
        #expect(machine.durable == launch.sequence)
    }

    @Test("drops an effect that is not owed any more when it becomes durable")
    mutating func voidedEffects() throws {
        _ = try #require(submit())
        _ = machine.receive(EngineStopRequested(reason: .finished).payload, at: now)
        let effects = machine.becameDurable(through: machine.state.position)
        #expect(effects.map(\.isClose) == [true])
    }

    @Test("gives a step as the records that decode to its events")
    mutating func storedStep() throws {
        let step = try #require(submit())
        let decoded = try zip(step.events, step.stored.records).map {
            try Event(sequence: $0.sequence, decoding: $1.bytes)
        }
        #expect(decoded == step.events)
    }

    @Test("hands blobs on with the step that names them")
    mutating func blobs() {
        let reaction = machine.receive(TaskSubmitted(spec: .test()).payload, blobs: [[1, 2]], at: now)
        guard case .append(let step) = reaction else {
            Issue.record("\(reaction)")
            return
        }
        #expect(step.stored.blobs == [[1, 2]])
    }

    @Test("records nothing for a request that it rejects, and changes nothing")
    mutating func rejection() {
        let before = machine.state
        let reaction = machine.receive(TaskCancelRequested(task: TaskID(99)).payload, at: now)
        #expect(reaction == .rejected(.unknownTask(TaskID(99))))
        #expect(machine.state == before)
    }

    @Test("counts reports that change nothing, and records at most one event per cause and second")
    mutating func refusals() throws {
        let stale = RunStopped(obligation: ObligationID(50), browser: BrowserID(1)).payload
        #expect(machine.receive(stale, at: now) == .refused)
        let first = try #require(machine.due(at: now))
        #expect(first == ReportsRefused(refusal: .stale, count: 1, lastSubject: 50).payload)
        _ = machine.receive(first, at: now)
        #expect(machine.receive(stale, at: now) == .refused)
        let other = RunStopped(obligation: ObligationID(51), browser: BrowserID(1)).payload
        #expect(machine.receive(other, at: now) == .refused)
        #expect(machine.due(at: now) == nil)
        #expect(machine.nextDue == now.adding(milliseconds: 1_000))
        let second = machine.due(at: now.adding(milliseconds: 1_000))
        #expect(second == ReportsRefused(refusal: .stale, count: 2, lastSubject: 51).payload)
    }

    @Test("names the timers that are due, earliest first, until none is")
    mutating func timers() throws {
        _ = try #require(submit())
        let deadline = try #require(machine.nextDue)
        #expect(machine.due(at: EventTime(nanoseconds: deadline.nanoseconds - 1)) == nil)
        let fired = try #require(machine.due(at: deadline))
        guard case .timerFired(let timer) = fired else {
            Issue.record("\(fired)")
            return
        }
        #expect(timer.kind == .launch)
        #expect(timer.dueAt == deadline)
    }

    @Test("asks for a digest of the state every so many events")
    mutating func digests() throws {
        #expect(!machine.isDigestDue)
        while machine.state.position < StepMachine.digestInterval {
            _ = machine.receive(ReportsRefused(refusal: .stale, count: 1).payload, at: now)
        }
        #expect(machine.isDigestDue)
        let digest = machine.state.digest
        #expect(
            machine.takeDigest()
                == StateDigestRecorded(position: machine.state.position, digest: digest).payload)
        #expect(!machine.isDigestDue)
    }

    @Test("lets only steps wait that nothing follows from: samples, and counts of refusals (CORE-9)")
    mutating func waitingSteps() throws {
        let submitted = try #require(submit())
        let launch = try #require(submitted.events.last)
        let browser = BrowserID(launch.sequence)
        let facts = BrowserFacts(pid: 1, kind: .simulated, adapter: Adapter(), simulated: true)
        var steps = [submitted]
        func take(_ payload: EventPayload, at time: EventTime) {
            guard case .append(let step) = machine.receive(payload, at: time) else { return }
            steps.append(step)
        }
        let launched = BrowserLaunched(
            obligation: ObligationID(launch.sequence), browser: browser, facts: facts)
        take(launched.payload, at: now)
        take(MetricsSampled(browser: browser, incarnation: IncarnationID(launch.sequence)).payload, at: now)
        take(launched.payload, at: now)
        let later = now.adding(milliseconds: 2_000)
        let refusals = try #require(machine.due(at: later))
        take(refusals, at: later)
        take(machine.takeDigest(), at: later)
        let waiting = steps.filter(\.stored.mayWait).map { $0.events.map(\.payload.name.description) }
        #expect(waiting == [["metrics_sampled"], ["reports_refused"]])
        #expect(steps.count == 5)
        for step in steps where step.stored.mayWait {
            let last = try #require(step.events.last).sequence
            var copy = machine
            #expect(copy.becameDurable(through: last).allSatisfy { $0.obligation.sequence != last })
        }
    }
}
