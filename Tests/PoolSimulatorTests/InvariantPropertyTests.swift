import Pool
import PoolEngine
import PoolSimulator
import Testing

@Suite("Whatever fails and whenever")
struct InvariantPropertyTests {
    @Test("no seed breaks LOG-1 or CORE-4 to CORE-9")
    func noViolations() {
        for run in SeededRuns.all {
            let violations = run.result.violations
            #expect(
                violations.isEmpty,
                "seed \(run.seed): \(violations.first.map(String.init(describing:)) ?? "")")
        }
    }

    @Test(
        "seeds of busy pools that once broke an invariant do not any more",
        arguments: [
            // A group of which two members have a model that is on trial on the healed browser's kind.
            418,
            // A run that failed before it began, under a recovery that goes on to name its browser.
            1735,
            // A race that was lost was the trial of a model for which another task waited.
            4456,
            // A browser whose output is wrong, while a task waits for its healing.
            5981,
        ] as [UInt64])
    func once(seed: UInt64) {
        let result = Simulation(.drawn(seed: seed, tasks: 50, browsers: 4, faults: .all)).run()
        #expect(result.violations.isEmpty && result.isQuiescent, "\(result.violations)")
    }

    @Test("every pool becomes quiet once faults have stopped, and every task has ended (CORE-4)")
    func quiescence() {
        for run in SeededRuns.all {
            #expect(run.result.isQuiescent, "seed \(run.seed)")
            #expect(run.result.finalState.tasks.isEmpty, "seed \(run.seed)")
            #expect(run.result.finalState.obligations.isEmpty, "seed \(run.seed)")
            let timers = run.result.finalState.timers.timers
            #expect(
                timers.allSatisfy { $0.kind == .launchRetry || $0.kind == .modelBreaker },
                "seed \(run.seed): only a backoff may be left")
        }
    }

    @Test("the log folds to the state that the engine stepped to (CORE-1)")
    func foldEqualsSteps() {
        for run in SeededRuns.all {
            let folded = PoolState.fold(run.events)
            #expect(folded.canonicalBytes() == run.result.finalState.canonicalBytes(), "seed \(run.seed)")
        }
    }

    @Test("the same seed gives the same records, byte for byte (CORE-1)")
    func sameSeedSameLog() {
        for run in SeededRuns.all.prefix(100) {
            let again = Simulation(.drawn(seed: run.seed)).run()
            #expect(again.log.read(from: 1, limit: .max) == run.records, "seed \(run.seed)")
            #expect(again.log.logID == run.result.log.logID)
        }
    }

    @Test("other seeds give other logs")
    func otherSeedOtherLog() {
        #expect(SeededRuns.all[0].records != SeededRuns.all[1].records)
        #expect(SeededRuns.all[0].result.log.logID != SeededRuns.all[1].result.log.logID)
    }

    @Test("every recorded observation gives the recorded decisions again (CORE-2)")
    func redeciding() throws {
        for run in SeededRuns.all {
            var state = PoolState()
            for step in run.steps {
                let observation = try #require(step.first)
                let outcome = state.decide(observation.payload, at: observation.at)
                guard outcome == .recorded(step) else {
                    Issue.record("seed \(run.seed), event \(observation.sequence): \(outcome) is not \(step)")
                    break
                }
                for event in step { state.evolve(event) }
            }
        }
    }

    @Test("a state read back from its bytes and folded on is the full fold (CORE-3)")
    func snapshotAndTail() throws {
        for run in SeededRuns.all {
            let events = run.events
            for cut in Set([0, events.count / 3, events.count / 2, events.count]).sorted() {
                let snapshot = PoolState.fold(events.prefix(cut)).canonicalBytes()
                var state = try PoolState(decoding: snapshot)
                for event in events.dropFirst(cut) { state.evolve(event) }
                #expect(state == run.result.finalState, "seed \(run.seed), snapshot at \(cut)")
            }
        }
    }

    @Test("every snapshot along a log reads back as it was written (CORE-3)")
    func everySnapshot() throws {
        for run in SeededRuns.all.prefix(40) {
            var state = PoolState()
            for event in run.events {
                state.evolve(event)
                #expect(try PoolState(decoding: state.canonicalBytes()) == state, "seed \(run.seed)")
            }
        }
    }

    @Test("every record reads back as the event that was written")
    func recordsReadBack() throws {
        for run in SeededRuns.all.prefix(40) {
            for (event, record) in zip(run.events, run.records) {
                #expect(event.encoded() == record.bytes)
                #expect(try Event(sequence: record.sequence, decoding: record.bytes) == event)
            }
        }
    }

    @Test("the digest that an engine recorded is that of the fold up to its position (CORE-1)")
    func recordedDigests() {
        var checked = 0
        for run in SeededRuns.all {
            for event in run.events {
                guard case .stateDigestRecorded(let recorded) = event.payload else { continue }
                let folded = PoolState.fold(run.events.prefix(Int(recorded.position)))
                #expect(folded.digest == recorded.digest, "seed \(run.seed), event \(event.sequence)")
                checked += 1
            }
        }
        #expect(checked >= SeededRuns.all.count)
    }

    @Test("all that was simulated says so (EXEC-4)")
    func simulatedSaysSo() {
        for event in SeededRuns.all.flatMap(\.events) {
            switch event.payload {
            case .engineStarted(let started): #expect(started.simulated)
            case .browserLaunched(let launched): #expect(launched.facts.simulated)
            case .runCompleted(let completed): #expect(completed.provenance.simulated)
            default: break
            }
        }
    }
}
