import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

@Suite("Of each browser the last run") struct LastRunsTests {
    private func run(task: UInt64, on browser: UInt64) -> Effect.Run {
        let spec = TaskSpec(
            family: .vision, model: "digits", modelDigest: Digest(sha256: []), runtime: "wgsl",
            itemsTotal: 1, inputs: Payload.storing([]).payload, inputsCount: 1, batchItems: 1,
            backends: [.webgpu])
        return Effect.Run(
            obligation: ObligationID(task), allocation: AllocationID(task), task: TaskID(task),
            browser: BrowserID(browser), incarnation: IncarnationID(browser), spec: spec, items: 0..<1,
            backend: .webgpu, queueNs: 0)
    }

    @Test("is given once, and is the newest")
    func once() {
        let runs = LastRuns()
        runs.note(run(task: 1, on: 1))
        runs.note(run(task: 2, on: 1))
        #expect(runs.take(BrowserID(1))?.task == TaskID(2))
        #expect(runs.take(BrowserID(1)) == nil)
    }

    @Test("is not given where another browser goes on with its task, nor once it is forgotten")
    func moved() {
        let runs = LastRuns()
        runs.note(run(task: 1, on: 1))
        runs.note(run(task: 1, on: 2))
        runs.note(run(task: 3, on: 3))
        #expect(runs.take(BrowserID(1)) == nil)
        #expect(runs.take(BrowserID(2))?.task == TaskID(1))
        runs.forget(BrowserID(3))
        #expect(runs.take(BrowserID(3)) == nil)
    }
}
