import EventLog
import Pool
import PoolEngine
import PoolSimulator
import Testing

@Suite("Snapshots of a simulated pool")
struct SnapshotTests {
    @Test("at every position: snapshot and tail are the full fold (CORE-3)")
    func everyPosition() throws {
        for run in SeededRuns.all.prefix(40) {
            let events = run.events
            var state = PoolState()
            for (index, event) in events.enumerated() {
                state.evolve(event)
                var resumed = try PoolState(decoding: state.canonicalBytes())
                #expect(resumed == state, "seed \(run.seed), event \(event.sequence)")
                // The tail up to the end at some positions, and one event at all.
                let tail = index % 50 == 0 ? events.count : min(events.count, index + 2)
                for next in events[(index + 1)..<tail] { resumed.evolve(next) }
                if tail == events.count {
                    #expect(
                        resumed.canonicalBytes() == run.result.finalState.canonicalBytes(),
                        "seed \(run.seed), event \(event.sequence)")
                }
            }
            #expect(state.canonicalBytes() == run.result.finalState.canonicalBytes())
        }
    }

    @Test("a store folds from the newest one to the same state (CORE-3)")
    func throughStore() throws {
        for run in SeededRuns.all.prefix(40) {
            let log = run.result.log
            let head = log.durableHead()
            for position in [head / 3, head / 2, head] where position > 0 {
                log.save(try log.foldedState(through: position, usesSnapshots: false).snapshot)
            }
            for last in stride(from: 1, through: head, by: 17) {
                let full = try log.foldedState(through: last, usesSnapshots: false)
                let fast = try log.foldedState(through: last, onProblem: { Issue.record("\($0)") })
                #expect(fast == full, "seed \(run.seed), event \(last)")
            }
            #expect(try log.foldedState().canonicalBytes() == run.result.finalState.canonicalBytes())
        }
    }

    @Test("one that cannot be read is passed over for an older one, and reported")
    func damaged() throws {
        let log = Simulation(.drawn(seed: 7)).run().log
        let head = log.durableHead()
        log.save(try log.foldedState(through: 5).snapshot)
        log.save(
            Snapshot(
                fold: PoolState.snapshotName, version: PoolState.snapshotVersion, position: head - 1,
                bytes: [1, 2, 3]))
        var shifted = try log.foldedState(through: 6).snapshot
        shifted.position = head - 2
        log.save(shifted)
        var problems: [String] = []
        let state = try log.foldedState(onProblem: { problems.append($0) })
        #expect(state == (try log.foldedState(usesSnapshots: false)))
        #expect(problems.count == 2, "\(problems)")
        #expect(problems.first?.contains("\(head - 1)") == true)
    }

    @Test("one of another version of the state is passed over")
    func otherVersion() throws {
        let log = Simulation(.drawn(seed: 7)).run().log
        log.save(
            Snapshot(
                fold: PoolState.snapshotName, version: PoolState.snapshotVersion + 1, position: 5,
                bytes: [1]))
        #expect(
            try log.foldedState(onProblem: { Issue.record("\($0)") })
                == log.foldedState(usesSnapshots: false))
    }
}
