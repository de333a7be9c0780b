import BrowserExecutor
import ChromePipe
import EventLog
import Foundation
import Measuring
import Pool
import PoolEngine

/// A pool with a log on disk, every event of which is durable before anything comes of it.
struct PeerPool {
    let engine: PoolEngine
    let history: PoolHistory
    private let executor: BrowserExecutor
    private let spec: TaskSpec
    private let blobs: [[UInt8]]

    /// Runs a body beside a pool whose log is in a temporary folder, and ends both.
    ///
    /// - Parameters:
    ///   - browsers: How many the pool keeps launched. They are there, with the model, when the body begins.
    ///   - syncIntervalMs: How long results may wait to be recorded together; nil as long as a pool lets them by itself.
    static func with<Result>(
        model: KernelModel, browsers: Int, syncIntervalMs: UInt64? = nil,
        _ body: (PeerPool) async throws -> Result
    ) async throws -> Result {
        try await within { folder in
            let pool = try await PeerPool(
                model: model, browsers: browsers, folder: folder, syncIntervalMs: syncIntervalMs)
            return try await pool.ending {
                try await pool.warmUp(browsers)
                return try await body(pool)
            }
        }
    }

    /// Runs a body with a temporary folder in the current one: the disk of that is what the log is written to.
    static func within<Result>(_ body: (String) async throws -> Result) async throws -> Result {
        let folder = "weir-peers-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }

    init(model: KernelModel, browsers: Int, folder: String, syncIntervalMs: UInt64? = nil) async throws {
        let store = LogEventStore(try EventLog.open(at: folder + "/log"))
        let configuration = BrowserExecutor.Configuration(
            installation: try ChromeLocator().locate(),
            catalog: ModelCatalog(environment: ["WEIR_CACHE": folder + "/cache"]))
        executor = BrowserExecutor(configuration) { try $0.bytes(in: store) }
        engine = try PoolEngine(store: store, executor: executor)
        let sets = DataSetFile(dataSets: try model.dataSets(), tolerance: model.tolerance)
        let stored = Payload.storing(try sets.encoded())
        blobs = stored.blobs
        spec = TaskSpec(
            family: model.family, model: model.folder, modelDigest: model.digest,
            runtime: KernelModel.runtime, inputs: stored.payload, inputsCount: 1, batchItems: 1,
            backends: [.webgpu])
        let identity = EngineIdentity(
            version: "benchmark", host: "", pid: UInt32(ProcessInfo.processInfo.processIdentifier),
            simulated: false)
        let count = UInt32(browsers)
        var policy = PoolPolicy(maxConnections: count, warmBrowsers: count, lanesPerBrowser: 2)
        if let syncIntervalMs { policy.stateSyncIntervalMs = syncIntervalMs }
        try await engine.start(identity: identity, policy: policy, holdTasks: false)
        history = PoolHistory(await engine.events())
    }

    /// Ends the pool after a body, however that ends.
    func ending<Result>(_ body: () async throws -> Result) async throws -> Result {
        do {
            let result = try await body()
            await end()
            return result
        } catch {
            await end()
            throw error
        }
    }

    private func end() async {
        try? await engine.stop(.finished)
        await executor.abandon()
    }

    /// Waits until so many browsers are there and have the model.
    private func warmUp(_ browsers: Int) async throws {
        try await waitForBrowsers(browsers)
        // A task for each lane, and another, so that the shaders of every browser are compiled.
        for _ in 0..<2 { try await runTasks(browsers * 2, items: 2) }
    }

    func waitForBrowsers(_ count: Int) async throws {
        let end = ContinuousClock.now + .seconds(30)
        while try await browsers().count < count {
            guard ContinuousClock.now < end else { throw BenchmarkError("there are no \(count) browsers") }
            try await Task.sleep(for: .milliseconds(2))
        }
    }

    /// The browsers on which tasks can run.
    func browsers() async throws -> [BrowserID] {
        await engine.state.browsers.entities.filter(\.isUsable).map(\.id)
    }

    func chrome(of browser: BrowserID) async throws -> Chrome {
        guard let chrome = await executor.chrome(of: browser) else {
            throw BenchmarkError("browser \(browser) is gone")
        }
        return chrome
    }

    /// Submits a task and waits until its success is durable.
    func runTask(items: Int) async throws {
        let task = try await engine.submit(job(items: items), blobs: blobs)
        try await history.success(of: task)
    }

    private func job(items: Int) -> TaskSpec {
        var job = spec
        job.itemsTotal = UInt64(items)
        return job
    }

    /// Submits tasks all at once and waits for all.
    func runTasks(_ count: Int, items: Int) async throws {
        try await withThrowingTaskGroup { group in
            for _ in 0..<count { group.addTask { try await runTask(items: items) } }
            try await group.waitForAll()
        }
    }
}
