import EventLog
import Pool
import PoolEngine
import Projections
import Testing

@Suite("What events are about")
struct EventSubjectsTests {
    @Test("follows from the state before each event as it does from the history")
    func stateAndHistory() {
        var differences: [String] = []
        for run in SeededRuns.all {
            var state = PoolState()
            var index = EntityIndex()
            for event in run.events {
                index.apply(event)
                let subjects = event.subjects(in: state)
                state.evolve(event)
                if subjects != index.current {
                    differences.append(
                        "seed \(run.seed), event \(event.sequence) (\(event.payload.name)): \(subjects), "
                            + "not \(index.current)")
                }
            }
        }
        #expect(differences.isEmpty, "\(differences.prefix(5).joined(separator: "\n"))")
    }

    @Test("stands with its type in every stored record")
    func storedRecords() {
        for run in SeededRuns.all.prefix(100) {
            var index = EntityIndex()
            for (event, record) in zip(run.events, run.records) {
                index.apply(event)
                #expect(record.type == UInt16(event.payload.number))
                #expect(record.streams == index.current.streams, "seed \(run.seed), event \(event.sequence)")
            }
        }
    }

    @Test("covers every kind of entity, and reports that name only an obligation")
    func coverage() {
        var kinds: Set<UInt64> = []
        var unfiled: Set<String> = []
        for run in SeededRuns.all.prefix(100) {
            for (event, record) in zip(run.events, run.records) {
                for stream in record.streams { kinds.insert(UInt64(stream.value >> 64)) }
                if record.streams.isEmpty { unfiled.insert(event.payload.name.description) }
            }
        }
        #expect(kinds == Set(SubjectKind.allCases.map(\.rawValue)))
        // What is about the engine, or the pool as a whole, is about no entity.
        #expect(
            unfiled.isSubset(of: [
                "engine_started", "pool_configured", "engine_stop_requested", "state_digest_recorded",
                "reports_refused", "retention_point_set", "launch_retry_scheduled", "timer_fired",
                "pool_scaled", "model_breaker_opened", "model_breaker_half_opened", "model_breaker_closed",
            ]), "\(unfiled)")
    }

    @Test("an event about what has ended is about what it names itself")
    func endedEntities() {
        let event = Event(
            sequence: 9, at: EventTime(nanoseconds: 1), cause: 4,
            payload: RunStopped(obligation: ObligationID(4), browser: BrowserID(2)).payload)
        #expect(event.subjects(in: PoolState()) == EventSubjects(browser: BrowserID(2)))
    }

    @Test("is a stream whose high half is the kind and whose low half is the entity")
    func streams() {
        let subjects = EventSubjects(task: TaskID(3), browser: BrowserID(5), recovery: RecoveryID(.max))
        #expect(
            subjects.streams.map(\.description) == [
                "00000000000000010000000000000003", "00000000000000020000000000000005",
                "0000000000000004ffffffffffffffff",
            ])
    }
}
