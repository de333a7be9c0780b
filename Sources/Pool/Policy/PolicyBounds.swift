extension PoolPolicy {
    /// Most browsers that a policy may allow.
    public static let connectionLimit: UInt32 = 64
    /// Longest time that a field in milliseconds may hold: one day.
    public static let timeLimitMs: UInt64 = 86_400_000

    /// Checks that every field is within its bounds and is something that this version can do. Nothing is recorded
    /// under a policy that is not.
    public func validate() throws(FieldError) {
        guard (1...Self.connectionLimit).contains(maxConnections) else {
            throw FieldError("max_connections", maxConnections, allowed: "1 to \(Self.connectionLimit)")
        }
        guard warmBrowsers <= maxConnections else {
            throw FieldError(
                "warm_browsers", warmBrowsers, allowed: "0 to max_connections (\(maxConnections))")
        }
        guard (1...16).contains(lanesPerBrowser) else {
            throw FieldError("lanes_per_browser", lanesPerBrowser, allowed: "1 to 16")
        }
        let mostCopies = min(maxConnections, TaskSpec.redundancyLimit)
        guard (1...mostCopies).contains(redundancyFactor) else {
            throw FieldError(
                "redundancy_factor", redundancyFactor,
                allowed: "1 to \(mostCopies): every copy needs a browser of its own (max_connections)")
        }
        guard maxQueued >= 1 else { throw FieldError("max_queued", maxQueued, allowed: "1 or more") }
        let times = [
            ("state_sync_interval_ms", stateSyncIntervalMs),
            ("metrics_collection_interval_ms", metricsCollectionIntervalMs), ("lease_ms", leaseMs),
            ("launch_deadline_ms", launchDeadlineMs), ("close_deadline_ms", closeDeadlineMs),
            ("stop_deadline_ms", stopDeadlineMs), ("rung_deadline_ms", rungDeadlineMs),
            ("idle_timeout_ms", idleTimeoutMs),
            ("retry.base_ms", retry.baseMs), ("retry.max_ms", retry.maxMs),
            ("breaker.base_ms", breaker?.baseMs ?? 1), ("breaker.max_ms", breaker?.maxMs ?? 1),
            ("heartbeat.fail_after_ms", heartbeat?.failAfterMs ?? 1),
        ]
        for (field, value) in times where !(1...Self.timeLimitMs).contains(value) {
            throw FieldError(field, value, allowed: "1 to \(Self.timeLimitMs) milliseconds")
        }
        let optionalTimes = [("aging_ms", agingMs), ("recycle_after_ms", recycleAfterMs)]
        for (field, value) in optionalTimes where value > Self.timeLimitMs {
            throw FieldError(field, value, allowed: "0 to \(Self.timeLimitMs) milliseconds")
        }
        try heartbeat?.validate()
        try redundancy?.validate()
        try scaling?.validate()
        try prediction?.validate()
        guard prediction == nil || heartbeat.map({ $0.intervalMs > 0 }) ?? false else {
            throw FieldError(
                "heartbeat.interval_ms", heartbeat?.intervalMs ?? 0,
                allowed: "1 or more where failures are predicted")
        }
    }
}

extension PredictionPolicy {
    fileprivate func validate() throws(FieldError) {
        guard (1...PoolPolicy.timeLimitMs).contains(horizonMs) else {
            throw FieldError(
                "prediction.horizon_ms", horizonMs, allowed: "1 to \(PoolPolicy.timeLimitMs) milliseconds")
        }
        let suspicions = HeartbeatPolicy.suspicions
        guard suspicions.contains(phiMilli) else {
            throw FieldError(
                "prediction.phi_milli", phiMilli,
                allowed: "\(suspicions.lowerBound) to \(suspicions.upperBound)")
        }
        guard (1...999).contains(riskMilli) else {
            throw FieldError("prediction.risk_milli", riskMilli, allowed: "1 to 999")
        }
    }
}

extension HeartbeatPolicy {
    /// The suspicions that can be asked for, in thousandths of phi.
    static let suspicions: ClosedRange<UInt32> = 1_000...40_000

    fileprivate func validate() throws(FieldError) {
        guard intervalMs <= PoolPolicy.timeLimitMs else {
            throw FieldError(
                "heartbeat.interval_ms", intervalMs, allowed: "0 to \(PoolPolicy.timeLimitMs) milliseconds")
        }
        let (least, most) = (Self.suspicions.lowerBound, Self.suspicions.upperBound)
        guard Self.suspicions.contains(suspectPhiMilli) else {
            throw FieldError("heartbeat.suspect_phi_milli", suspectPhiMilli, allowed: "\(least) to \(most)")
        }
        guard (suspectPhiMilli...most).contains(failPhiMilli) else {
            throw FieldError(
                "heartbeat.fail_phi_milli", failPhiMilli,
                allowed: "suspect_phi_milli (\(suspectPhiMilli)) to \(most)")
        }
    }
}

extension RedundancyPolicy {
    /// The largest part of a number that can be tolerated: all of it.
    static let relativeLimitNano: UInt64 = 1_000_000_000
    /// The largest difference that can be tolerated: a thousand million.
    static let absoluteLimitNano: UInt64 = 1_000_000_000_000_000_000

    fileprivate func validate() throws(FieldError) {
        guard absoluteNano <= Self.absoluteLimitNano else {
            throw FieldError(
                "redundancy.absolute_nano", absoluteNano, allowed: "0 to \(Self.absoluteLimitNano)")
        }
        guard relativeNano <= Self.relativeLimitNano else {
            throw FieldError(
                "redundancy.relative_nano", relativeNano, allowed: "0 to \(Self.relativeLimitNano)")
        }
    }
}

extension ScalingPolicy {
    fileprivate func validate() throws(FieldError) {
        guard (1...PoolPolicy.timeLimitMs).contains(stableWindowMs) else {
            throw FieldError(
                "scaling.stable_window_ms", stableWindowMs,
                allowed: "1 to \(PoolPolicy.timeLimitMs) milliseconds")
        }
        guard (1...stableWindowMs).contains(panicWindowMs) else {
            throw FieldError(
                "scaling.panic_window_ms", panicWindowMs, allowed: "1 to stable_window_ms (\(stableWindowMs))"
            )
        }
        guard (100...1_000).contains(panicPercent) else {
            throw FieldError("scaling.panic_percent", panicPercent, allowed: "100 to 1000")
        }
        guard tolerancePercent <= 100 else {
            throw FieldError("scaling.tolerance_percent", tolerancePercent, allowed: "0 to 100")
        }
        guard cooldownMs <= PoolPolicy.timeLimitMs else {
            throw FieldError(
                "scaling.cooldown_ms", cooldownMs, allowed: "0 to \(PoolPolicy.timeLimitMs) milliseconds")
        }
    }
}

extension TaskSpec {
    /// Most copies of a task.
    public static let redundancyLimit: UInt32 = 8
    /// Most items that share one dispatch.
    public static let batchLimit: UInt32 = 256
    /// Longest affinity, in bytes of UTF-8.
    public static let affinityLimit = 128

    /// Checks that every field is within its bounds and is something that this version can do. Nothing is recorded
    /// for a task that is not.
    public func validate() throws(FieldError) {
        guard !model.isEmpty else { throw FieldError("model", "\"\"", allowed: "a model's name") }
        guard itemsTotal >= 1 else { throw FieldError("items_total", itemsTotal, allowed: "1 or more") }
        guard inputsCount >= 1 else { throw FieldError("inputs_count", inputsCount, allowed: "1 or more") }
        guard (1...Self.batchLimit).contains(batchItems) else {
            throw FieldError("batch_items", batchItems, allowed: "1 to \(Self.batchLimit)")
        }
        guard redundancy <= Self.redundancyLimit else {
            throw FieldError("redundancy", redundancy, allowed: "0 to \(Self.redundancyLimit)")
        }
        guard !backends.isEmpty else { throw FieldError("backends", "[]", allowed: "at least one backend") }
        guard (1...PoolPolicy.timeLimitMs).contains(recoveryTimeoutMs) else {
            throw FieldError(
                "recovery_timeout_ms", recoveryTimeoutMs,
                allowed: "1 to \(PoolPolicy.timeLimitMs) milliseconds")
        }
        guard affinity.utf8.count <= Self.affinityLimit else {
            throw FieldError("affinity", affinity, allowed: "at most \(Self.affinityLimit) bytes")
        }
    }
}
