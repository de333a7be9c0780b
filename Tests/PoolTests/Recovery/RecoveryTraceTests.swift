import Foundation
import Testing

@testable import Pool

/// The traces that `RecoveryStrategies.md` shows are those that the core really takes.
@Suite("The documented trace")
struct RecoveryTraceTests {
    @Test("of the immediate strategy")
    func immediate() throws {
        var pool = TracedPool(.immediate)
        let task = pool.run()
        pool.fail(.rendererCrashed)
        pool.start(task)
        pool.endRung(healed: true)
        try pool.expectTrace(named: "immediate")
    }

    @Test("of the progressive strategy")
    func progressive() throws {
        var pool = TracedPool(.progressive)
        let task = pool.run()
        pool.fail(.rendererCrashed)
        pool.endRung(healed: false)
        pool.endRung(healed: true)
        pool.start(task)
        try pool.expectTrace(named: "progressive")
    }

    @Test("of the progressive strategy when no rung heals the browser and it cannot be started anew")
    func progressiveFailOver() throws {
        var pool = TracedPool(.progressive)
        let task = pool.run()
        pool.fail(.shaderHung)
        pool.endRung(healed: false)
        pool.close()
        pool.failLaunch()
        pool.start(task)
        try pool.expectTrace(named: "progressive, to the top")
    }

    @Test("of the coordinated strategy")
    func coordinated() throws {
        var pool = TracedPool(.coordinated, browsers: 1, lanes: 2)
        let tasks = [pool.run(), pool.run()]
        pool.fail(.deviceLost)
        pool.endRung(healed: true)
        for task in tasks { pool.start(task) }
        try pool.expectTrace(named: "coordinated")
    }

    @Test("of the coordinated strategy when a member fails again")
    func coordinatedRollback() throws {
        var pool = TracedPool(.coordinated, browsers: 1, lanes: 2)
        let tasks = [pool.run(), pool.run()]
        pool.fail(.deviceLost)
        pool.endRung(healed: true)
        pool.start(tasks[0])
        pool.failRun(tasks[1])
        try pool.expectTrace(named: "coordinated, rolled back")
    }

    @Test("of the parallel strategy")
    func parallel() throws {
        var pool = TracedPool(.parallel)
        let task = pool.run()
        pool.fail(.rendererKilled)
        pool.endRung(healed: true)
        pool.start(task)
        try pool.expectTrace(named: "parallel")
    }
}

/// A pool of browsers, those without work holding the model in their pages, and what it records.
private struct TracedPool {
    private var pool: PoolScenario
    private var trace: [String] = []
    private var failed = BrowserID(0)

    init(_ strategy: RecoveryStrategy, browsers: UInt32 = 2, lanes: UInt32 = 1) {
        pool = PoolScenario(
            PoolPolicy(
                maxConnections: browsers, warmBrowsers: browsers, lanesPerBrowser: lanes,
                recoveryStrategy: strategy))
    }

    /// A task that runs on the first browser.
    mutating func run() -> TaskID {
        while pool.state.browsers.entities.contains(where: { $0.phase == .launching }) { pool.launch() }
        let task = pool.submit()
        pool.begin(task)
        for browser in pool.state.browsers.entities {
            guard let prepared = browser.preparing else { continue }
            pool.take(ModelPrepared(obligation: prepared, browser: browser.id))
        }
        failed = pool.browser(of: task)
        return task
    }

    private mutating func record(_ observation: some EventMessage) {
        trace += pool.take(observation).map(\.payload.traced)
    }

    mutating func fail(_ evidence: Evidence) {
        record(pool.failure(of: failed, evidence, processEnded: false))
    }

    mutating func endRung(healed: Bool) {
        record(
            RungEnded(
                obligation: pool.owed(.heal), browser: failed, healed: healed,
                backends: healed ? [BackendSupport(backend: .webgpu)] : []))
    }

    mutating func close() { record(pool.closed(failed)) }

    mutating func failLaunch() {
        record(BrowserLaunchFailed(obligation: pool.owed(.launch), browser: failed, evidence: .processExited))
    }

    mutating func start(_ task: TaskID) {
        record(RunStarted(obligation: pool.run(of: task), allocation: pool.allocation(of: task)))
    }

    mutating func failRun(_ task: TaskID) {
        record(
            RunFailed(
                obligation: pool.run(of: task), allocation: pool.allocation(of: task),
                failure: .executorFault))
    }

    func expectTrace(named name: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
        let documented = try documentedTrace(named: name)
        #expect(trace == documented, sourceLocation: sourceLocation)
    }

    /// The lines of the code block under a heading of the page, without what is said about them.
    private func documentedTrace(named name: String) throws -> [String] {
        let page = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Sources/Pool/Pool.docc/RecoveryStrategies.md")
        let text = try String(contentsOf: page, encoding: .utf8)
        let section = text.components(separatedBy: "\n### ").first { $0.hasPrefix("\(name)\n") }
        let block = try #require(section?.components(separatedBy: "```")[1])
        return block.split(separator: "\n").map { line in
            String(line.prefix { $0 != "#" }).trimmingCharacters(in: .whitespaces)
        }
    }
}

extension EventPayload {
    /// The event's name, with what tells it from others of its type.
    fileprivate var traced: String {
        switch self {
        case .browserFailed(let event): "\(name) \(event.evidence.name)"
        case .healDecided(let event): "\(name) \(event.rung.name)"
        case .rungStarted(let event): "\(name) \(event.rung.name)"
        case .rungEnded(let event): "\(name) \(event.healed ? "healed" : "not healed")"
        case .allocationReleased(let event): "\(name) \(event.reason.name)"
        case .taskQueued(let event): "\(name) \(event.reason.name)"
        case .browserLaunchDecided(let event): "\(name) \(event.reason.name)"
        case .recoveryRolledBack(let event): "\(name) \(event.reason.name)"
        default: name.description
        }
    }
}
