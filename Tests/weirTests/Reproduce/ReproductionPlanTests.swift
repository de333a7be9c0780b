import Pool
import Projections
import Testing

@testable import weir

@Suite("What is set up of a failure")
struct ReproductionPlanTests {
    private func run(_ task: UInt64, done: UInt64, of count: UInt64 = 1_000, open: Bool = false) -> SlicedRun
    {
        SlicedRun(
            task: TaskID(task), spec: TaskSpec(itemsTotal: count), firstItem: 0, itemCount: count,
            itemsDone: done, runtime: "wgsl 1", open: open, failing: open)
    }

    private var slice: FailureSlice {
        FailureSlice(runs: [run(1, done: 1_000), run(2, done: 40), run(3, done: 300, open: true)])
    }

    @Test("what had ended runs as far as it came, and what failed some way beyond the failure")
    func items() {
        let plan = ReproductionPlan(of: slice, earlierRuns: 20)
        #expect(plan.runs.map(\.items) == [0..<1_000, 0..<40, 0..<600])
        #expect(
            plan.earlier(in: slice).map(\.index) == [0, 1] && plan.underWay(in: slice).map(\.index) == [2])
    }

    @Test("of the runs that had ended the last ones are kept")
    func limit() {
        #expect(ReproductionPlan(of: slice, earlierRuns: 1).runs.map(\.index) == [1, 2])
        #expect(ReproductionPlan(of: slice, earlierRuns: 0).runs.map(\.index) == [2])
    }

    @Test("a fault is due at its item of its run, or when what had run before it has ended")
    func faults() {
        let plan = ReproductionPlan(of: slice, earlierRuns: 20)
        let amid = SlicedFault(runsBefore: 3, underWay: true, started: true, nextItem: 200)
        #expect(!plan.isDue(amid, progress: [:], started: [], ended: [0, 1]))
        #expect(!plan.isDue(amid, progress: [2: 128], started: [2], ended: [0, 1]))
        #expect(plan.isDue(amid, progress: [2: 256], started: [2], ended: [0, 1]))
        let early = SlicedFault(runsBefore: 3, underWay: true, started: true)
        #expect(!plan.isDue(early, progress: [2: 0], started: [], ended: [0, 1]))
        #expect(plan.isDue(early, progress: [2: 0], started: [2], ended: [0, 1]))
        let between = SlicedFault(runsBefore: 2)
        #expect(!plan.isDue(between, progress: [:], started: [0], ended: [0]))
        #expect(plan.isDue(between, progress: [:], started: [0, 1], ended: [0, 1]))
    }

    @Test("a browser differs by its product, adapter, sandbox and flags, not by its profile or process")
    func differences() {
        let recorded = BrowserFacts(
            pid: 1, product: "Chrome/1", flags: ["--headless", "--user-data-dir=/a"],
            adapter: Adapter(vendor: "google", software: true))
        var here = recorded
        here.pid = 2
        here.flags = ["--headless", "--user-data-dir=/b"]
        #expect(Surroundings.differences(of: here, from: recorded) == [])
        here.product = "Chrome/2"
        here.sandboxed = true
        here.adapter = nil
        here.flags = ["--more"]
        #expect(
            Surroundings.differences(of: here, from: recorded) == [
                "browser: recorded with Chrome/1, here it is Chrome/2",
                "sandbox: recorded with off, here it is on",
                "adapter: recorded with google (software), here it is none",
                "flag --headless: recorded with it, here it is not given",
                "flag --more: recorded without it, here it is given",
            ])
    }
}
