import Pool
import PoolEngine
import PoolSimulator
import Testing

/// Histories that can be read but that no pool wrote: simulated logs with events dropped, repeated, exchanged, and
/// altered.
@Suite struct HostileHistoryTests {
    @Test("every event that a pool records passes the check")
    func sound() throws {
        for run in SeededRuns.all {
            var state = PoolState()
            for event in run.events { try state.evolve(checking: event) }
            #expect(state == run.result.finalState, "seed \(run.seed)")
        }
    }

    @Test(
        "no altered history is more than a typed error, and a new engine can go on from what came before it")
    func altered() throws {
        var stopped = 0
        var types: Set<String> = []
        for run in SeededRuns.all.prefix(60) {
            var source = SplitMix64(seed: run.seed)
            for _ in 0..<20 {
                let history = alter(run.events, &source)
                var state = PoolState()
                do throws(ImpossibleEvent) {
                    for event in history { try state.evolve(checking: event) }
                } catch {
                    stopped += 1
                    types.insert(error.type)
                    #expect(error.sequence == state.position + 1)
                    #expect("\(error)".hasPrefix("event \(error.sequence) (\(error.type)) cannot follow"))
                }
                #expect(try PoolState(decoding: state.canonicalBytes()) == state, "seed \(run.seed)")
                goOn(from: state)
            }
        }
        #expect(stopped > 600, "alterations that are found: \(stopped)")
        #expect(types.count > 25, "types of events that are found: \(types.sorted())")
    }

    /// Some alterations at random places. Sequence numbers stay gapless, as the log itself checks them.
    private func alter(_ events: [Event], _ source: inout SplitMix64) -> [Event] {
        var events = events
        for _ in 0...source.below(3) {
            let index = Int(source.below(UInt64(events.count)))
            let other = Int(source.below(UInt64(events.count)))
            switch source.below(6) {
            case 0: events[index].payload = ReportsRefused(refusal: .stale, count: 1).payload
            case 1: events.remove(at: index)
            case 2: events.insert(events[index], at: index)
            case 3:
                let payload = events[index].payload
                events[index].payload = events[other].payload
                events[other].payload = payload
            default: events[index].payload = scramble(events[index], &source) ?? events[index].payload
            }
        }
        for index in events.indices {
            events[index].sequence = UInt64(index) + 1
            if index > 0 { events[index].at = max(events[index].at, events[index - 1].at) }
        }
        return events
    }

    /// The event with bytes of its record changed, if it can still be read.
    private func scramble(_ event: Event, _ source: inout SplitMix64) -> EventPayload? {
        for _ in 0..<20 {
            var bytes = event.encoded()
            for _ in 0...source.below(2) {
                bytes[Int(source.below(UInt64(bytes.count)))] = UInt8(source.below(256))
            }
            if let read = try? Event(sequence: event.sequence, decoding: bytes), read.payload != event.payload
            {
                return read.payload
            }
        }
        return nil
    }

    /// A new engine starts on the state, takes a task, and launches.
    private func goOn(from state: PoolState) {
        for holdTasks in [true, false] {
            var state = state
            let observations: [EventPayload] = [
                EngineStarted(revision: PoolState.decisionRevision, holdTasks: holdTasks).payload,
                PoolConfigured(policy: PoolPolicy(maxConnections: 2)).payload,
                TaskSubmitted(
                    spec: TaskSpec(
                        model: "model", runtime: "test", itemsTotal: 4, inputsCount: 1, backends: [.webgpu])
                ).payload,
            ]
            for observation in observations {
                if case .refused = state.step(observation, at: state.lastEventAt) {
                    Issue.record("\(observation.name) is refused")
                }
            }
            // Then time passes, and whatever the state still guards comes due.
            for _ in 0..<8 {
                guard let timer = state.timers.earliest else { break }
                let fired = TimerFired(kind: timer.kind, subject: timer.subject, dueAt: timer.dueAt)
                guard case .recorded = state.step(fired.payload, at: timer.dueAt) else {
                    Issue.record("the timer \(timer.kind.name) of \(timer.subject) is not taken")
                    break
                }
            }
        }
    }
}
