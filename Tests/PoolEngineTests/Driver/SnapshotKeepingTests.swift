import EventLog
import Foundation
import Pool
import PoolEngine
import Testing

@Suite("Snapshots of an engine", .timeLimit(.minutes(2)))
struct SnapshotKeepingTests {
    let clock = ManualClock()

    private func newest(_ store: some EventSource) throws -> Snapshot? {
        try store.newestSnapshot(
            of: PoolState.snapshotName, version: PoolState.snapshotVersion, through: .max
        ).snapshot
    }

    private func engine(_ store: some EventStore, every interval: UInt64) async throws -> PoolEngine {
        let engine = try PoolEngine(
            store: store, executor: ScriptedExecutor(), clock: clock, snapshotInterval: interval)
        try await engine.start(
            identity: .test, policy: PoolPolicy(maxConnections: 1), holdTasks: false)
        return engine
    }

    @Test("are of durable positions only, and one is kept at the stop (CORE-3)")
    func keeps() async throws {
        let store = GatedEventStore(isOpen: true)
        let engine = try await engine(store, every: 8)
        store.close()
        let submitted = Task { try await engine.submit(.test()) }
        try await eventually { store.waitingSteps == 1 }
        #expect(try newest(store) == nil)
        store.open()
        _ = try await submitted.value
        try await eventually { await engine.state.tasks.isEmpty }
        try await eventually { try newest(store) != nil }
        let kept = try #require(try newest(store))
        #expect(kept.position >= 8)
        #expect(
            kept.bytes
                == (try store.foldedState(through: kept.position, usesSnapshots: false).canonicalBytes())
        )
        try await engine.stop(.finished)
        let last = try #require(try newest(store))
        #expect(last.position == store.durableHead())
        #expect(last.bytes == (await engine.state.canonicalBytes()))
        #expect(await engine.snapshotFailure == nil)
    }

    @Test("that cannot be kept end nothing, and the engine says so")
    func failure() async throws {
        let store = UnkeepingStore()
        let engine = try await engine(store, every: 4)
        _ = try await engine.submit(.test())
        try await eventually { await engine.state.tasks.isEmpty }
        try await engine.stop(.finished)
        #expect(await engine.snapshotFailure?.contains("full") == true)
        #expect(try store.foldedState() == (await engine.state))
    }

    @Test("are what the next engine begins from, in a log on disk")
    func restart() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("kept-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let log = try EventLog.open(at: folder)
        let first = try await engine(LogEventStore(log), every: 1_000)
        _ = try await first.submit(.test())
        try await eventually { await first.state.tasks.isEmpty }
        try await first.stop(.finished)
        #expect(await first.snapshotFailure == nil)
        let head = try log.head()
        #expect(try newest(LogEventStore(log))?.position == head)

        // A damaged one is passed over: everything is folded instead.
        let snapshots = folder + "/snapshots/pool-state/"
        let file = try #require(try FileManager.default.contentsOfDirectory(atPath: snapshots).first)
        let intact = try Data(contentsOf: URL(fileURLWithPath: snapshots + file))
        var damaged = intact
        damaged[damaged.count - 1] ^= 1
        try damaged.write(to: URL(fileURLWithPath: snapshots + file))
        let wary = try PoolEngine(store: LogEventStore(log), executor: ScriptedExecutor(), clock: clock)
        #expect(wary.snapshotProblems.count == 1, "\(wary.snapshotProblems)")
        #expect(await wary.state == (await first.state))
        try intact.write(to: URL(fileURLWithPath: snapshots + file))
        let second = try PoolEngine(store: LogEventStore(log), executor: ScriptedExecutor(), clock: clock)
        #expect(second.snapshotProblems.isEmpty)
        #expect(await second.state == (await first.state))
        log.close()
    }

    @Test("samples reach those who follow before the engine ends, though they may wait")
    func samples() async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("samples-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let log = try EventLog.open(at: folder)
        let executor = ScriptedExecutor { effect in effect.isRun ? [] : effect.success }
        let engine = try PoolEngine(store: LogEventStore(log), executor: executor, clock: clock)
        try await engine.start(identity: .test, policy: PoolPolicy(maxConnections: 1), holdTasks: false)
        let events = await engine.events()
        _ = try await engine.submit(.test())
        try await eventually { executor.performed.last?.isRun == true }
        let browser = try #require(await engine.state.browsers.entities.first)
        let sample = MetricsSampled(browser: browser.id, incarnation: browser.incarnation)
        for _ in 0..<3 { executor.report(Report(sample)) }
        try await engine.stop(.finished)
        var published: [Event] = []
        for await event in events { published.append(event) }
        #expect(published.count { $0.payload.name.description == "metrics_sampled" } == 3)
        let recorded = try LogEventStore(log).events().filter { $0.sequence >= 3 }
        #expect(published == recorded)
        log.close()
    }
}

/// A store whose disk is too full for snapshots.
private final class UnkeepingStore: EventStore {
    private let base = MemoryEventStore(logID: [UInt8](repeating: 3, count: 16))

    struct Full: Error, CustomStringConvertible {
        var description: String { "the disk is full" }
    }

    var logID: [UInt8] { base.logID }
    func basePosition() -> UInt64 { 0 }
    func durableHead() -> UInt64 { base.durableHead() }
    func read(from sequence: UInt64, limit: Int) -> [StoredRecord] { base.read(from: sequence, limit: limit) }
    func blob(_ digest: Digest) throws -> [UInt8] { try base.blob(digest) }
    func save(_ snapshot: Snapshot) throws { throw Full() }

    func forEachRecord(
        from first: UInt64, through last: UInt64,
        _ body: (_ sequence: UInt64, _ beginsStep: Bool, _ bytes: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try base.forEachRecord(from: first, through: last, body)
    }

    func newestSnapshot(
        of fold: String, version: UInt32, through last: UInt64
    ) -> (snapshot: Snapshot?, problems: [String]) { (nil, []) }

    func submit(
        _ step: StoredStep, completion: @escaping @Sendable (Result<ClosedRange<UInt64>, any Error>) -> Void
    ) -> ClosedRange<UInt64> { base.submit(step, completion: completion) }
}
