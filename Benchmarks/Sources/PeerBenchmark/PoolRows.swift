import BrowserExecutor
import ChromePipe
import Foundation
import Measuring
import Pool

/// What a whole pool does, with its log on disk.
struct PoolRows {
    private static let jobItems = 40
    private static let tasks = 64
    let model: KernelModel

    /// From before the log is made to a task whose success is durable; with all that a pool does besides: it probes what
    /// the browser offers, checks the model's files by digest, and records each step.
    func launch() async throws -> [String: Double] {
        try await PeerPool.within { folder in
            let began = ContinuousClock.now
            let pool = try await PeerPool(model: model, browsers: 1, folder: folder)
            return try await pool.ending {
                try await pool.runTask(items: 1)
                return ["launch_pool_ms": (ContinuousClock.now - began).milliseconds]
            }
        }
    }

    func memory() async throws -> [String: Double] {
        try await PeerPool.with(model: model, browsers: 1) { _ in
            waitToBeMeasured()
            return [:]
        }
    }

    /// From a browser's `SIGKILL` to the error of a call that waits, and to the durable `browser_failed`.
    func detect() async throws -> [String: Double] {
        try await PeerPool.with(model: model, browsers: 1) { pool in
            let chrome = try await pool.chrome(of: pool.browsers()[0])
            let page = try await chrome.openPage { _ in
                try? ServedResource(body: [], contentType: "text/html")
            }
            async let failed = ended {
                _ = try await page.evaluate("new Promise(() => {})", deadline: .seconds(20))
            }
            async let recorded = ended { await pool.history.firstFailure() }
            try await Task.sleep(for: .milliseconds(50))
            let began = ContinuousClock.now
            kill(chrome.pid, SIGKILL)
            return [
                "detect_ms": (await failed - began).milliseconds,
                "detect_pool_ms": (await recorded - began).milliseconds,
            ]
        }
    }

    private func ended(_ work: () async throws -> Void) async -> ContinuousClock.Instant {
        try? await work()
        return .now
    }

    /// How long a job takes, and by how much longer where its browser is killed half-way, with and without another that
    /// is ready.
    func failover() async throws -> [String: Double] {
        let restart = try await PeerPool.with(model: model, browsers: 1) { try await disturb($0) }
        let spare = try await PeerPool.with(model: model, browsers: 2) { try await disturb($0) }
        // Each product is recorded at once, so that the record tells when it came.
        let resumed = try await PeerPool.with(model: model, browsers: 1, syncIntervalMs: 1) { pool in
            try await disturb(pool).resumed
        }
        return [
            "job_ms": restart.usual, "resumed_ms": resumed, "restart_delay_ms": restart.delay,
            "spare_delay_ms": spare.delay,
        ]
    }

    /// - Returns: milliseconds: of an undisturbed job, by how much longer the disturbed one takes, and from the kill to its
    ///   next product.
    private func disturb(_ pool: PeerPool) async throws -> (usual: Double, delay: Double, resumed: Double) {
        let usual = Samples([try await job(pool), try await job(pool), try await job(pool)]).median
        async let killing = killWorking(pool, after: .milliseconds(usual / 2))
        let took = try await job(pool)
        let killed = try await killing
        let next = await pool.history.firstProductAfterFailure()
        return (usual, took - usual, (next - killed).milliseconds)
    }

    private func killWorking(
        _ pool: PeerPool, after time: Duration
    ) async throws -> ContinuousClock.Instant {
        try await Task.sleep(for: time)
        guard let browser = await pool.history.lastGranted else {
            throw BenchmarkError("no browser has the job")
        }
        let pid = try await pool.chrome(of: browser).pid
        let instant = ContinuousClock.now
        kill(pid, SIGKILL)
        return instant
    }

    private func job(_ pool: PeerPool) async throws -> Double {
        let began = ContinuousClock.now
        try await pool.runTask(items: Self.jobItems)
        return (ContinuousClock.now - began).milliseconds
    }

    /// Tasks per second, undisturbed and with a browser killed half-way.
    func throughput() async throws -> [String: Double] {
        var figures: [String: Double] = [:]
        for browsers in [1, 2] {
            let (undisturbed, killed) = try await PeerPool.with(model: model, browsers: browsers) { pool in
                let undisturbed = try await tasksPerSecond(pool)
                let chrome = try await pool.chrome(of: pool.browsers()[0])
                let half = await pool.history.successes + Self.tasks / 2
                async let killing: Void = {
                    await pool.history.successes(half)
                    kill(chrome.pid, SIGKILL)
                }()
                let killed = try await tasksPerSecond(pool)
                await killing
                return (undisturbed, killed)
            }
            figures["pool_\(browsers)_per_s"] = undisturbed
            figures["pool_\(browsers)_killed_per_s"] = killed
        }
        return figures
    }

    private func tasksPerSecond(_ pool: PeerPool) async throws -> Double {
        let began = ContinuousClock.now
        try await pool.runTasks(Self.tasks, items: 1)
        return Double(Self.tasks) / ((ContinuousClock.now - began).milliseconds / 1e3)
    }
}
