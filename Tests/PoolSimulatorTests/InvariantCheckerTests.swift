import Pool
import PoolSimulator
import Testing

@testable import PoolEngine

/// The checker is given a good log with one thing wrong in it.
@Suite("The invariant checker sees")
struct InvariantCheckerTests {
    let good: [Event]

    init() {
        var workload = Workload(tasks: [])
        for index in 0..<4 {
            var spec = TaskSpec(model: "model", runtime: "simulated", itemsTotal: 12, inputsCount: 1)
            spec.batchItems = 4
            spec.backends = [.webgpu]
            workload.tasks.append(PlannedTask(atMs: UInt64(index), spec: spec))
        }
        var faults = FaultPlan()
        faults.endsAtMs = 20_000
        faults.injections = [.init(atMs: 4_500, .browserFails(.deviceLost, processEnded: false))]
        let result = Simulation(
            SimulationConfiguration(
                seed: 7, policy: PoolPolicy(maxConnections: 2), workload: workload, faults: faults)
        ).run()
        good = SeededRuns.steps(of: result.log).flatMap { $0 }
    }

    @Test("nothing wrong with a good log")
    func goodLog() {
        #expect(InvariantChecker.check(good, mustHaveEnded: true).isEmpty)
        #expect(good.contains { if case .recoveryCommitted = $0.payload { true } else { false } })
    }

    /// The first violation after the first event that `matches` was changed, its sequence numbers closed up again.
    private func violation(
        where matches: (EventPayload) -> Bool, become change: (Event) -> [Event]
    ) throws -> InvariantViolation? {
        let index = try #require(good.firstIndex { matches($0.payload) })
        var changed = good
        changed.replaceSubrange(index...index, with: change(good[index]))
        for place in changed.indices { changed[place].sequence = UInt64(place) + 1 }
        return InvariantChecker.check(changed, mustHaveEnded: true).first
    }

    /// The violations after an event was replaced in its place.
    private func violations(replacing matches: (EventPayload) -> EventPayload?) throws -> [InvariantViolation]
    {
        let index = try #require(good.firstIndex { matches($0.payload) != nil })
        var changed = good
        changed[index].payload = try #require(matches(good[index].payload))
        return InvariantChecker.check(changed, mustHaveEnded: true)
    }

    @Test("a gap in the sequence numbers (LOG-1)")
    func gap() {
        var changed = good
        let missing = changed.remove(at: 5).sequence
        let first = InvariantChecker.check(changed, mustHaveEnded: true).first
        #expect(first?.invariant == .log1)
        #expect(first?.sequence == missing + 1)
    }

    @Test("time that goes back (LOG-1)")
    func timeGoesBack() {
        var changed = good
        changed[9].at = .zero
        #expect(InvariantChecker.check(changed, mustHaveEnded: true).first?.invariant == .log1)
    }

    @Test("a cause that comes later (LOG-1)")
    func laterCause() {
        var changed = good
        changed[9].cause = 40
        #expect(InvariantChecker.check(changed, mustHaveEnded: true).first?.invariant == .log1)
    }

    @Test("a task that ends twice (CORE-4)")
    func endsTwice() throws {
        let index = try #require(
            good.lastIndex { if case .taskSucceeded = $0.payload { true } else { false } })
        var changed = Array(good.prefix(through: index))
        changed.append(good[index])
        changed[index + 1].sequence += 1
        let violations = InvariantChecker.check(changed, mustHaveEnded: false)
        #expect(violations.first?.invariant == .core4)
        #expect(violations.first?.sequence == changed[index + 1].sequence)
    }

    @Test("a task that never ends (CORE-4)")
    func neverEnds() throws {
        let index = try #require(
            good.firstIndex { if case .taskSucceeded = $0.payload { true } else { false } })
        let violations = InvariantChecker.check(good.prefix(index - 2), mustHaveEnded: true)
        #expect(violations.contains { $0.invariant == .core4 })
    }

    @Test("a recovery that is committed before its task runs again (CORE-4)")
    func committedTooSoon() throws {
        let commit = try #require(
            good.firstIndex { if case .recoveryCommitted = $0.payload { true } else { false } })
        var changed = good
        (changed[commit].payload, changed[commit - 1].payload) = (
            good[commit - 1].payload, good[commit].payload
        )
        #expect(InvariantChecker.check(changed, mustHaveEnded: true).first?.invariant == .core4)
    }

    @Test("an attempt that is left out, or is more than the budget allows (CORE-4)", arguments: [2, 6])
    func wrongAttempt(attempt: UInt32) throws {
        let found = try violations {
            guard case .rungStarted(var started) = $0 else { return nil }
            started.attempt = attempt
            return .rungStarted(started)
        }
        #expect(found.first?.invariant == .core4)
        #expect(found.first?.detail.hasPrefix("attempt \(attempt) of task") ?? false)
    }

    @Test("a browser that is quarantined for failures that it did not have (CORE-8)")
    func quarantinedTooSoon() throws {
        let failure = try #require(
            good.firstIndex { if case .browserFailed = $0.payload { true } else { false } })
        guard case .browserFailed(let failed) = good[failure].payload else { return }
        var checker = InvariantChecker()
        for event in good.prefix(failure + 1) { checker.observe(event) }
        var opened = good[failure]
        opened.sequence += 1
        opened.payload =
            BreakerOpened(
                browser: failed.browser, failures: 2, openings: 1,
                until: opened.at.adding(milliseconds: 30_000), others: 1
            ).payload
        checker.observe(opened)
        #expect(checker.violations.map(\.invariant) == [.core8])
        #expect(checker.violations.first?.detail.contains("2 failures, but failed 1 times") ?? false)
    }

    @Test("a process more than max_connections (CORE-5)")
    func tooManyBrowsers() throws {
        let found = try violations {
            guard case .poolConfigured(var configured) = $0 else { return nil }
            configured.policy.maxConnections = 1
            return .poolConfigured(configured)
        }
        #expect(found.first?.invariant == .core5)
    }

    @Test("more tasks on a browser than it has lanes (CORE-5)")
    func tooManyLanes() throws {
        let found = try violations {
            guard case .poolConfigured(var configured) = $0 else { return nil }
            configured.policy.lanesPerBrowser = 0
            return .poolConfigured(configured)
        }
        #expect(found.first?.invariant == .core5)
    }

    @Test("an allocation that is not released before its task ends (CORE-6)")
    func missingRelease() throws {
        let found = try violation(
            where: {
                if case .allocationReleased(let released) = $0 {
                    released.reason == .completed
                } else {
                    false
                }
            }, become: { _ in [] })
        #expect(found?.invariant == .core6)
    }

    @Test("an allocation that is released twice (CORE-6)")
    func doubleRelease() throws {
        let found = try violation(
            where: {
                if case .allocationReleased(let released) = $0 {
                    released.reason == .completed
                } else {
                    false
                }
            }, become: { [$0, $0] })
        #expect(found?.invariant == .core6)
    }

    @Test("an allocation that outlives its lease (CORE-6)")
    func leaseOutlived() throws {
        let found = try violations {
            guard case .taskGranted(var granted) = $0 else { return nil }
            granted.leaseDeadline = EventTime(nanoseconds: 1)
            return .taskGranted(granted)
        }
        #expect(found.first?.invariant == .core6)
    }

    @Test("a second grant to a task that has a browser (CORE-6)")
    func doubleGrant() throws {
        let found = try violation(
            where: { if case .taskGranted = $0 { true } else { false } }, become: { [$0, $0] })
        #expect(found?.invariant == .core6)
    }

    @Test("items that are recorded twice (CORE-7)")
    func repeatedItems() throws {
        let found = try violation(
            where: { if case .runProgressed = $0 { true } else { false } }, become: { [$0, $0] })
        #expect(found?.invariant == .core7)
    }

    @Test("items that are left out (CORE-7)")
    func missingItems() throws {
        let found = try violations {
            guard case .runProgressed(var progressed) = $0 else { return nil }
            progressed.itemCount -= 1
            return .runProgressed(progressed)
        }
        #expect(found.first?.invariant == .core7)
    }

    @Test("a recorded item that is assigned again (CORE-7)")
    func assignedAgain() throws {
        let found = try violations {
            guard case .runAssigned(var assigned) = $0, assigned.firstItem > 0 else { return nil }
            assigned.firstItem -= 1
            assigned.itemCount += 1
            return .runAssigned(assigned)
        }
        #expect(found.first?.invariant == .core7)
    }

    @Test("a fault that takes a browser that it does not name (CORE-8)")
    func blastRadius() throws {
        let launches = good.compactMap { event -> UInt64? in
            if case .browserLaunchDecided = event.payload { event.sequence } else { nil }
        }
        let found = try violations {
            guard case .healDecided(var decided) = $0 else { return nil }
            let other = launches.first { $0 != decided.browser.sequence }
            decided.browser = BrowserID(other ?? 0)
            decided.incarnation = IncarnationID(other ?? 0)
            return .healDecided(decided)
        }
        #expect(found.first?.invariant == .core8)
    }

    @Test("a task that waits for nothing (CORE-8)")
    func waitsForNothing() throws {
        let found = try violation(
            where: { if case .browserLaunchDecided = $0 { true } else { false } }, become: { _ in [] })
        #expect(found?.invariant == .core8)
    }

    @Test("a fault that is done to a browser that is not up (CORE-9)")
    func injectedIntoNothing() throws {
        func injecting(_ event: Event) -> [Event] {
            guard case .browserLaunched(let launched) = event.payload else { return [event] }
            let injected = FaultInjected(
                fault: .browserKilled, browser: launched.browser,
                incarnation: IncarnationID(launched.obligation.sequence))
            return [Event(sequence: 0, at: event.at, cause: 0, payload: injected.payload), event]
        }
        let found = try violation(
            where: { if case .browserLaunched = $0 { true } else { false } }, become: injecting)
        #expect(found?.invariant == .core9)
    }

    @Test("a report on something that is not owed (CORE-9)")
    func reportOnNothing() throws {
        let found = try violations {
            guard case .browserLaunched(var launched) = $0 else { return nil }
            launched.obligation = ObligationID(1)
            return .browserLaunched(launched)
        }
        #expect(found.first?.invariant == .core9)
    }

    @Test("an effect that is performed before its decision is durable (CORE-9)")
    func performedTooEarly() throws {
        let launch = try #require(
            good.first { if case .browserLaunchDecided = $0.payload { true } else { false } })
        var checker = InvariantChecker()
        for event in good.prefix(Int(launch.sequence) - 1) { checker.observe(event) }
        let id = launch.sequence
        let effect = Effect.launch(
            .init(
                obligation: ObligationID(id), browser: BrowserID(id), incarnation: IncarnationID(id),
                deadline: .zero))
        checker.observe(.began(effect))
        #expect(checker.violations.first?.invariant == .core9)
        var second = InvariantChecker()
        for event in good.prefix(Int(launch.sequence)) { second.observe(event) }
        second.observe(.began(effect))
        #expect(second.violations.isEmpty)
        second.observe(.began(effect))
        #expect(second.violations.first?.invariant == .core9)
    }

    @Test("more living processes than the events tell of (CORE-5)")
    func livingProcesses() {
        var checker = InvariantChecker()
        for event in good.prefix(2) { checker.observe(event) }
        checker.observe(.processStarted(pid: 1, BrowserID(3)))
        #expect(checker.violations.isEmpty)
        checker.observe(.processStarted(pid: 2, BrowserID(3)))
        #expect(checker.violations.map(\.invariant) == [.core5])
    }

    @Test("and says what is wrong, and where")
    func description() {
        let violation = InvariantViolation(
            invariant: .core6, sequence: 12, detail: "allocation 9 is released twice")
        #expect("\(violation)" == "CORE-6 does not hold at event 12: allocation 9 is released twice")
    }
}
