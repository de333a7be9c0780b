import Pool
import Testing

@Suite("Bounds")
struct BoundsTests {
    @Test("the default policy is within them")
    func defaults() throws {
        try PoolPolicy().validate()
    }

    @Test(
        "a policy outside them is refused with the field's name, its value and what is allowed",
        arguments: [
            (PoolPolicy(maxConnections: 0), "max_connections is 0; allowed is 1 to 64"),
            (PoolPolicy(maxConnections: 65), "max_connections is 65; allowed is 1 to 64"),
            (
                PoolPolicy(maxConnections: 2, warmBrowsers: 3),
                "warm_browsers is 3; allowed is 0 to max_connections (2)"
            ),
            (PoolPolicy(lanesPerBrowser: 0), "lanes_per_browser is 0; allowed is 1 to 16"),
            (
                PoolPolicy(rungDeadlineMs: 0), "rung_deadline_ms is 0; allowed is 1 to 86400000 milliseconds"
            ),
            (
                PoolPolicy(maxConnections: 2, redundancyFactor: 3),
                "redundancy_factor is 3; allowed is 1 to 2: every copy needs a browser of its own (max_connections)"
            ),
            (
                PoolPolicy(redundancy: RedundancyPolicy(relativeNano: 1_000_000_001)),
                "redundancy.relative_nano is 1000000001; allowed is 0 to 1000000000"
            ),
            (PoolPolicy(maxQueued: 0), "max_queued is 0; allowed is 1 or more"),
            (
                PoolPolicy(scaling: ScalingPolicy(stableWindowMs: 1_000, panicWindowMs: 2_000)),
                "scaling.panic_window_ms is 2000; allowed is 1 to stable_window_ms (1000)"
            ),
            (
                PoolPolicy(scaling: ScalingPolicy(panicPercent: 99)),
                "scaling.panic_percent is 99; allowed is 100 to 1000"
            ),
            (
                PoolPolicy(prediction: PredictionPolicy(horizonMs: 0)),
                "prediction.horizon_ms is 0; allowed is 1 to 86400000 milliseconds"
            ),
            (
                PoolPolicy(prediction: PredictionPolicy(phiMilli: 999)),
                "prediction.phi_milli is 999; allowed is 1000 to 40000"
            ),
            (
                PoolPolicy(prediction: PredictionPolicy(riskMilli: 1_000)),
                "prediction.risk_milli is 1000; allowed is 1 to 999"
            ),
            (
                PoolPolicy(heartbeat: nil, prediction: PredictionPolicy()),
                "heartbeat.interval_ms is 0; allowed is 1 or more where failures are predicted"
            ),
            (PoolPolicy(leaseMs: 0), "lease_ms is 0; allowed is 1 to 86400000 milliseconds"),
            (
                PoolPolicy(retry: RetryPolicy(baseMs: 0)),
                "retry.base_ms is 0; allowed is 1 to 86400000 milliseconds"
            ),
        ])
    func policy(policy: PoolPolicy, message: String) {
        #expect(throws: FieldError.self) { try policy.validate() }
        do throws(FieldError) { try policy.validate() } catch { #expect(error.description == message) }
    }

    private static func spec(_ change: (inout TaskSpec) -> Void) -> TaskSpec {
        var spec = TaskSpec(model: "m", itemsTotal: 1, inputsCount: 1, backends: [.webgpu])
        change(&spec)
        return spec
    }

    @Test(
        "a task outside them is refused the same way",
        arguments: [
            (spec { $0.model = "" }, "model is \"\"; allowed is a model's name"),
            (spec { $0.itemsTotal = 0 }, "items_total is 0; allowed is 1 or more"),
            (spec { $0.inputsCount = 0 }, "inputs_count is 0; allowed is 1 or more"),
            (spec { $0.batchItems = 257 }, "batch_items is 257; allowed is 1 to 256"),
            (spec { $0.backends = [] }, "backends is []; allowed is at least one backend"),
            (
                spec { $0.recoveryTimeoutMs = 0 },
                "recovery_timeout_ms is 0; allowed is 1 to 86400000 milliseconds"
            ),
        ])
    func task(spec: TaskSpec, message: String) throws {
        try Self.spec { _ in }.validate()
        #expect(throws: FieldError.self) { try spec.validate() }
        do throws(FieldError) { try spec.validate() } catch { #expect(error.description == message) }
    }
}
