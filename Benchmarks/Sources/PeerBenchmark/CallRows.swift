import BrowserExecutor
import ChromePipe
import Measuring

/// Calls to a page of a browser that a pool keeps, whose log is on disk meanwhile.
struct CallRows {
    private static let warmUp = 300
    private static let calls = 3000
    private static let depth = 64
    private static let deepCalls = 40_000
    let script: String
    let model: KernelModel

    func measure() async throws -> [String: Double] {
        try await PeerPool.with(model: model, browsers: 1) { pool in
            let chrome = try await pool.chrome(of: pool.browsers()[0])
            let page = try await PeerPage.open(in: chrome, script: script)
            // Both change threads with neither a call nor its answer, as the C client does.
            var figures = try await chrome.onConnection {
                try await roundTrips("evaluate") { _ = try await page.evaluate("1", deadline: .seconds(10)) }
            }
            let version = try await chrome.onConnection {
                try await roundTrips("version") { _ = try await chrome.call(CDP.Browser.GetVersion()) }
            }
            figures.merge(version) { $1 }
            figures["deep_per_s"] = try await callsPerSecond(page)
            return figures
        }
    }

    /// Calls one after the other: their median and 99th percentile.
    private func roundTrips(
        _ name: String, _ call: () async throws -> Void
    ) async throws -> [String: Double] {
        var took: [Double] = []
        for number in -Self.warmUp..<Self.calls {
            let began = ContinuousClock.now
            try await call()
            if number >= 0 { took.append((ContinuousClock.now - began).milliseconds * 1e3) }
        }
        took.sort()
        return ["\(name)_p50_us": took[took.count / 2], "\(name)_p99_us": took[took.count * 99 / 100]]
    }

    private func callsPerSecond(_ page: PageSession) async throws -> Double {
        let began = ContinuousClock.now
        try await withThrowingTaskGroup { group in
            for _ in 0..<Self.depth {
                group.addTask {
                    for _ in 0..<Self.deepCalls / Self.depth {
                        _ = try await page.evaluate("1", deadline: .seconds(10))
                    }
                }
            }
            try await group.waitForAll()
        }
        return Double(Self.deepCalls) / ((ContinuousClock.now - began).milliseconds / 1e3)
    }
}
