import Pool

/// The pool's configuration, as the file of `--config` gives it. Every field is optional.
struct ConfigFile {
    private(set) var policy: PoolPolicy

    /// - Parameter defaults: The policy for what the file does not say.
    init(path: String, defaults: PoolPolicy) throws(UsageError) {
        policy = defaults
        let reader = try ObjectReader(file: path)
        try reader.allowOnly([
            "max_connections", "browser_preferences", "adaptive_scaling", "enable_fault_tolerance",
            "recovery_strategy", "state_sync_interval", "redundancy_factor", "metrics_collection_interval",
            "redundancy", "auto_optimization", "warm_browsers", "priority_aging", "preemption_gap", "recycle",
            "scaling", "memory_limit_mb", "preemptive_recovery", "lanes_per_browser",
        ])
        if let connections = try reader.integer("max_connections", in: 1...64) {
            policy.maxConnections = UInt32(connections)
        }
        if let preferences = try Self.preferences(reader) { policy.browserPreferences = preferences }
        policy.adaptiveScaling = try reader.bool("adaptive_scaling") ?? policy.adaptiveScaling
        policy.enableFaultTolerance =
            try reader.bool("enable_fault_tolerance") ?? policy.enableFaultTolerance
        if let name = try reader.string("recovery_strategy", allowed: RecoveryStrategy.allowed) {
            policy.recoveryStrategy = try .named(name, key: "recovery_strategy", in: reader)
        }
        policy.stateSyncIntervalMs = try reader.seconds("state_sync_interval") ?? policy.stateSyncIntervalMs
        let mostCopies = min(policy.maxConnections, TaskSpec.redundancyLimit)
        let copies = "1 to \(mostCopies): every copy needs a browser of its own (max_connections)"
        if let factor = try reader.integer("redundancy_factor", in: 1...Int(mostCopies), allowed: copies) {
            policy.redundancyFactor = UInt32(factor)
        }
        if let redundancy = try reader.object("redundancy") { try read(redundancy: redundancy) }
        policy.metricsCollectionIntervalMs =
            try reader.seconds("metrics_collection_interval") ?? policy.metricsCollectionIntervalMs
        policy.autoOptimization = try reader.bool("auto_optimization") ?? policy.autoOptimization
        let most = Int(policy.maxConnections)
        if let warm = try reader.integer("warm_browsers", in: 0...most) { policy.warmBrowsers = UInt32(warm) }
        if let lanes = try reader.integer("lanes_per_browser", in: 1...16) {
            policy.lanesPerBrowser = UInt32(lanes)
        }
        policy.agingMs = try reader.seconds("priority_aging", orNone: true) ?? policy.agingMs
        if let gap = try reader.integer("preemption_gap", in: 0...1000) { policy.preemptionGap = UInt32(gap) }
        if let recycle = try reader.object("recycle") { try read(recycle) }
        if let scaling = try reader.object("scaling") { try read(scaling: scaling) }
        if let megabytes = try reader.integer("memory_limit_mb", in: 0...10_000_000) {
            var scaling = policy.scaling ?? ScalingPolicy()
            scaling.memoryLimitBytes = UInt64(megabytes) << 20
            policy.scaling = scaling
        }
        if let prediction = try reader.object("preemptive_recovery") {
            policy.prediction = try Self.prediction(prediction)
        }
    }

    /// When a browser is taken to be about to fail, and what is done about it.
    private static func prediction(_ reader: ObjectReader) throws(UsageError) -> PredictionPolicy {
        try reader.allowOnly(["rule", "observe_only", "horizon", "phi_milli", "risk_milli"])
        var prediction = PredictionPolicy()
        let names = PredictionRule.allCases.map(\.name.description)
        if let name = try reader.string("rule", allowed: "one of \(names.joined(separator: ", "))") {
            guard let rule = PredictionRule(name: name) else {
                throw reader.unknown("rule", name, allowed: names)
            }
            prediction.rule = rule
        }
        prediction.observesOnly = try reader.bool("observe_only") ?? prediction.observesOnly
        prediction.horizonMs = try reader.seconds("horizon") ?? prediction.horizonMs
        if let phi = try reader.integer("phi_milli", in: 1_000...40_000) { prediction.phiMilli = UInt32(phi) }
        if let risk = try reader.integer("risk_milli", in: 1...999) { prediction.riskMilli = UInt32(risk) }
        return prediction
    }

    /// When browsers are started anew that have not failed.
    private mutating func read(_ recycle: ObjectReader) throws(UsageError) {
        try recycle.allowOnly(["after", "after_tasks", "memory_mb"])
        policy.recycleAfterMs = try recycle.seconds("after") ?? policy.recycleAfterMs
        if let tasks = try recycle.integer("after_tasks", in: 1...1_000_000) {
            policy.recycleAfterTasks = UInt32(tasks)
        }
        if let megabytes = try recycle.integer("memory_mb", in: 1...1_000_000) {
            policy.browserMemoryLimitBytes = UInt64(megabytes) << 20
        }
    }

    /// How copies of a task are compared, and when their result counts.
    private mutating func read(redundancy: ObjectReader) throws(UsageError) {
        try redundancy.allowOnly(["serve", "absolute", "relative"])
        var read = policy.redundancy ?? RedundancyPolicy()
        let serves = RedundancyServe.names.joined(separator: " or ")
        if let name = try redundancy.string("serve", allowed: serves) {
            guard let serve = RedundancyServe(name: name) else {
                throw redundancy.unknown("serve", name, allowedNames: RedundancyServe.names)
            }
            read.serve = serve
        }
        if let absolute = try redundancy.number("absolute", in: 0...1e9) {
            read.absoluteNano = UInt64((absolute * 1e9).rounded())
        }
        if let relative = try redundancy.number("relative", in: 0...1) {
            read.relativeNano = UInt64((relative * 1e9).rounded())
        }
        policy.redundancy = read
    }

    /// How the pool scales between its bounds.
    private mutating func read(scaling reader: ObjectReader) throws(UsageError) {
        try reader.allowOnly([
            "stable_window", "panic_window", "panic_percent", "tolerance_percent", "cooldown",
        ])
        var scaling = policy.scaling ?? ScalingPolicy()
        scaling.stableWindowMs = try reader.seconds("stable_window") ?? scaling.stableWindowMs
        scaling.panicWindowMs =
            try reader.seconds("panic_window") ?? min(scaling.panicWindowMs, scaling.stableWindowMs)
        if scaling.panicWindowMs > scaling.stableWindowMs {
            throw reader.refusal("panic_window", allowed: "at most stable_window")
        }
        if let percent = try reader.integer("panic_percent", in: 100...1_000) {
            scaling.panicPercent = UInt32(percent)
        }
        if let percent = try reader.integer("tolerance_percent", in: 0...100) {
            scaling.tolerancePercent = UInt32(percent)
        }
        scaling.cooldownMs = try reader.seconds("cooldown") ?? scaling.cooldownMs
        policy.scaling = scaling
    }

    private static func preferences(_ reader: ObjectReader) throws(UsageError) -> [BrowserPreference]? {
        let kinds = BrowserKind.allCases.filter { $0 != .simulated }.map(\.name.description)
        let allowed =
            "for each of \(ModelFamily.names.joined(separator: ", ")) one of \(kinds.joined(separator: ", "))"
        guard let pairs = try reader.dictionary("browser_preferences", allowed: allowed) else { return nil }
        var preferences: [BrowserPreference] = []
        for (family, browser) in pairs {
            guard let known = ModelFamily(name: family) else {
                throw reader.unknown(
                    "browser_preferences.\(family)", browser, allowedNames: ModelFamily.names)
            }
            guard kinds.contains(browser), let kind = BrowserKind(name: browser) else {
                throw reader.unknown("browser_preferences.\(family)", browser, allowed: kinds)
            }
            preferences.append(BrowserPreference(family: known, browser: kind))
        }
        return preferences.sorted { $0.family.rawValue < $1.family.rawValue }
    }
}

extension PoolPolicy {
    /// What `weir run` uses without a configuration: one browser, and the placement priors of the first asker.
    static var commandLineDefault: PoolPolicy {
        PoolPolicy(
            maxConnections: 1,
            browserPreferences: [
                BrowserPreference(family: .textEmbedding, browser: .edge),
                BrowserPreference(family: .vision, browser: .chrome),
                BrowserPreference(family: .audio, browser: .firefox),
            ])
    }
}
