extension FaultPlan {
    /// How often something strikes by chance, with its name.
    public struct Rate: Sendable {
        public var name: String
        public var path: any WritableKeyPath<FaultPlan, UInt32> & Sendable
    }

    /// Everything that strikes by chance, in the order of the plan.
    public static let rates = [
        Rate(name: "launch_fails_per_mille", path: \.launchFailsPerMille),
        Rate(name: "launch_hangs_per_mille", path: \.launchHangsPerMille),
        Rate(name: "launch_without_adapter_per_mille", path: \.launchWithoutAdapterPerMille),
        Rate(name: "browser_slow_per_mille", path: \.browserSlowPerMille),
        Rate(name: "browser_ails_per_mille", path: \.browserAilsPerMille),
        Rate(name: "browser_fails_per_mille", path: \.browserFailsPerMille),
        Rate(name: "browsers_fail_per_mille", path: \.browsersFailPerMille),
        Rate(name: "run_fails_per_mille", path: \.runFailsPerMille),
        Rate(name: "run_hangs_per_mille", path: \.runHangsPerMille),
        Rate(name: "model_fails_per_mille", path: \.modelFailsPerMille),
        Rate(name: "close_hangs_per_mille", path: \.closeHangsPerMille),
        Rate(name: "stop_hangs_per_mille", path: \.stopHangsPerMille),
        Rate(name: "prepare_fails_per_mille", path: \.prepareFailsPerMille),
        Rate(name: "prepare_hangs_per_mille", path: \.prepareHangsPerMille),
        Rate(name: "rung_fails_per_mille", path: \.rungFailsPerMille),
        Rate(name: "rung_hangs_per_mille", path: \.rungHangsPerMille),
        Rate(name: "browser_dies_healing_per_mille", path: \.browserDiesHealingPerMille),
        Rate(name: "browser_falls_silent_per_mille", path: \.browserFallsSilentPerMille),
        Rate(name: "browser_wrong_per_mille", path: \.browserWrongPerMille),
        Rate(name: "comparison_fails_per_mille", path: \.comparisonFailsPerMille),
        Rate(name: "comparison_hangs_per_mille", path: \.comparisonHangsPerMille),
        Rate(name: "report_lost_per_mille", path: \.reportLostPerMille),
        Rate(name: "report_late_per_mille", path: \.reportLatePerMille),
        Rate(name: "report_repeated_per_mille", path: \.reportRepeatedPerMille),
        Rate(name: "engine_crashes_per_mille", path: \.engineCrashesPerMille),
        Rate(name: "append_fails_per_mille", path: \.appendFailsPerMille),
        Rate(name: "engine_stops_per_mille", path: \.engineStopsPerMille),
        Rate(name: "engine_stalls_per_mille", path: \.engineStallsPerMille),
        Rate(name: "bursts_per_mille", path: \.burstsPerMille),
    ]

    /// The same plan with nothing left to chance: what struck comes by order.
    func ordering(_ struck: [Injection]) -> FaultPlan {
        var plan = self
        for rate in Self.rates { plan[keyPath: rate.path] = 0 }
        plan.injections = struck
        return plan
    }
}
