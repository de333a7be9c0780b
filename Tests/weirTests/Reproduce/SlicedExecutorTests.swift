import Pool
import PoolEngine
import Synchronization
import Testing

@testable import weir

@Suite("Tasks that begin in the middle")
struct SlicedExecutorTests {
    /// Notes what it is to run, and reports to whoever had the browser launched, as browsers do.
    private final class Recorder: Executor {
        let runs = Mutex<[Effect.Run]>([])
        private let told = Mutex<(@Sendable (Report) -> Void)?>(nil)

        func perform(_ effect: Effect, report: @escaping @Sendable (Report) -> Void) {
            switch effect {
            case .launch: told.withLock { $0 = report }
            case .run(let run): runs.withLock { $0.append(run) }
            default: break
            }
        }

        func abandon() async {}
        func tell(_ report: Report) { told.withLock { $0 }?(report) }
    }

    private func run(_ obligation: UInt64, _ items: Range<UInt64>, checkpoint: Payload? = nil) -> Effect {
        .run(
            Effect.Run(
                obligation: ObligationID(obligation), allocation: AllocationID(7), task: TaskID(5),
                browser: BrowserID(3), incarnation: IncarnationID(3), spec: TaskSpec(affinity: "run 1"),
                items: items, backend: .webgpu, queueNs: 0, checkpoint: checkpoint))
    }

    @Test("run the recorded items from the recorded state, and are told to the pool from 0")
    func shift() throws {
        let recorder = Recorder()
        let reports = Mutex<[Report]>([])
        let state = Payload(inline: [1], sizeBytes: 1)
        let executor = SlicedExecutor(
            recorder, beginnings: ["run 1": .init(item: 300, checkpoint: state)])
        let report: @Sendable (Report) -> Void = { told in reports.withLock { $0.append(told) } }
        executor.perform(
            .launch(
                Effect.Launch(
                    obligation: ObligationID(3), browser: BrowserID(3), incarnation: IncarnationID(3),
                    deadline: .zero)), report: report)
        executor.perform(run(8, 0..<50), report: { _ in })
        // What it has carried on since is newer than what was recorded.
        let newer = Payload(inline: [2], sizeBytes: 1)
        executor.perform(run(9, 20..<50, checkpoint: newer), report: { _ in })
        #expect(recorder.runs.withLock { $0.map(\.items) } == [300..<350, 320..<350])
        #expect(recorder.runs.withLock { $0.map(\.checkpoint) } == [state, newer])
        recorder.tell(Report(RunProgressed(obligation: ObligationID(9), firstItem: 330, itemCount: 5)))
        recorder.tell(Report(RunProgressed(obligation: ObligationID(99), firstItem: 330, itemCount: 5)))
        let first = reports.withLock {
            $0.compactMap { told -> UInt64? in
                if case .runProgressed(let progressed) = told.observation {
                    progressed.firstItem
                } else {
                    nil
                }
            }
        }
        #expect(first == [30, 330])
    }
}
