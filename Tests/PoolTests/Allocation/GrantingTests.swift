import PoolSimulator
import Testing

@testable import Pool

@Suite("Granting")
struct GrantingTests {
    /// A step's grants, each compared with what a scan of the whole queue comes to.
    private func checkGrants(of step: [Event], after before: PoolState) -> Int {
        var state = before
        var next = step[...]
        while let event = next.first, !event.isGrant {
            state.evolve(event)
            next.removeFirst()
        }
        var count = 0
        for id in Array(state.queue) {
            let placement = Placement(of: state.tasks[id], in: state)
            guard let best = placement.candidates.first else { continue }
            guard case .taskGranted(let granted) = next.first?.payload else {
                Issue.record("task \(id) could be granted and was not")
                return count
            }
            #expect(granted.task == id && granted.browser == best.browser)
            #expect(granted.candidates == placement.candidates && granted.filtered == placement.filtered)
            for event in next.prefix(2) { state.evolve(event) }
            next = next.dropFirst(2)
            count += 1
        }
        #expect(!next.contains { $0.isGrant }, "more was granted than a scan would grant")
        return count
    }

    @Test(
        "gives every lane to the task that a scan of the queue would give it to",
        arguments: 1...20 as ClosedRange<UInt64>)
    func likeAScan(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var pool = PoolScenario(PoolPolicy(maxConnections: 12, warmBrowsers: 12, lanesPerBrowser: 2))
        for _ in 0..<60 {
            _ = pool.submit(
                .test { spec in
                    spec.backends = [random.pick(Backend.allCases)]
                    spec.runtimeBackends = Backend.allCases
                    spec.priority = UInt32(random.below(3))
                    spec.modelDigest = Digest(bytes: [UInt8](repeating: UInt8(random.below(3)), count: 32))!
                })
        }
        var grants = 0
        for browser in pool.state.browsers.ids {
            let offered = Backend.allCases.filter { _ in random.chance(perMille: 500) }
            let launched = pool.launched(browser, offering: offered)
            let before = pool.state
            grants += checkGrants(of: pool.take(launched), after: before)
        }
        for _ in 0..<30 {
            guard let running = pool.state.allocations.ids.randomly(random.next()),
                let task = pool.state.allocations.find(running)?.task
            else { break }
            pool.begin(task)
            pool.take(pool.progress(task, items: 10))
            let (completion, before) = (pool.completion(task), pool.state)
            grants += checkGrants(of: pool.take(completion), after: before)
        }
        #expect(grants > 12)
    }

    @Test("tells the eight best candidates apart, best first")
    func candidates() throws {
        var pool = PoolScenario(PoolPolicy(maxConnections: 20, warmBrowsers: 20, lanesPerBrowser: 4))
        for _ in 0..<20 { pool.launch() }
        for _ in 0..<9 { _ = pool.running() }
        let task = TaskState(id: TaskID(1), spec: .test())
        let free = pool.state.browsers.entities.filter { $0.lanesTaken < 4 }
        let all = free.map { browser in
            let residency = browser.residentModels.isEmpty ? 0 : 200
            let (preference, unmeasured, health) = (400, 800, 200)
            let rest = preference + unmeasured + health
            return Candidate(
                browser: browser.id, score: UInt32(rest + residency + 50 * (4 - browser.lanesTaken)))
        }
        let best = all.sorted { ($1.score, $0.browser) < ($0.score, $1.browser) }.prefix(8)
        let candidates = Placement(of: task, in: pool.state).candidates
        #expect(candidates.map(\.browser) == best.map(\.browser))
        #expect(candidates.map(\.score) == best.map(\.score))
    }
}

extension Event {
    fileprivate var isGrant: Bool {
        if case .taskGranted = payload { true } else { false }
    }
}

extension [AllocationID] {
    fileprivate func randomly(_ number: UInt64) -> AllocationID? {
        isEmpty ? nil : self[Int(number % UInt64(count))]
    }
}
