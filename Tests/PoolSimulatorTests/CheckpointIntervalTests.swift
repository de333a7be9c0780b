import Pool
import Testing

@testable import PoolSimulator

@Suite("Checkpoints of a run")
struct CheckpointIntervalTests {
    @Test("are at most the interval apart, or one item, on browsers that do not fail")
    func interval() {
        var shorter = 0
        for seed in 1...20 as ClosedRange<UInt64> {
            let intervalMs: UInt64 = 100
            let policy = PoolPolicy(maxConnections: 2, stateSyncIntervalMs: intervalMs, heartbeat: nil)
            let result = Simulation(.drawn(seed: seed, policy: policy, faults: .none)).run()
            var began: [ObligationID: (at: EventTime, batch: UInt64)] = [:]
            var specs: [TaskID: TaskSpec] = [:]
            for event in result.events {
                switch event.payload {
                case .taskSubmitted(let submitted): specs[TaskID(event.sequence)] = submitted.spec
                case .runAssigned(let assigned):
                    let batch = UInt64(specs[assigned.task]?.batchItems ?? 1)
                    began[ObligationID(event.sequence)] = (event.at, max(batch, 1))
                case .runStarted(let started): began[started.obligation]?.at = event.at
                case .runProgressed(let progressed):
                    guard let last = began[progressed.obligation] else { break }
                    let apart = event.at.nanoseconds(since: last.at) / 1_000_000
                    // A whole batch takes 500 ms at most, and an item its part of that.
                    #expect(
                        apart <= intervalMs + 500 / last.batch + 1, "seed \(seed), event \(event.sequence)")
                    if progressed.itemCount < last.batch { shorter += 1 }
                    began[progressed.obligation]?.at = event.at
                default: break
                }
            }
        }
        #expect(shorter > 0)
    }
}
