import Foundation
import Pool
import Testing

@testable import weir

@Suite struct ConfigFileTests {
    private func policy(_ text: String) throws -> PoolPolicy {
        try withFile(text) { path in try ConfigFile(path: path, defaults: PoolPolicy()).policy }
    }

    private func refusal(_ text: String) throws -> String? {
        try withFile(text) { path in
            do throws(UsageError) {
                _ = try ConfigFile(path: path, defaults: PoolPolicy())
                return nil
            } catch {
                #expect(error.description.hasPrefix(path), "the message begins with the file: \(error)")
                return error.description
            }
        }
    }

    /// The plugin configuration of the first asker, as JSON.
    static func seed() -> String {
        """
        {
            "max_connections": 4,
            "browser_preferences": {"audio": "firefox", "vision": "chrome", "text_embedding": "edge"},
            "adaptive_scaling": true,
            "enable_fault_tolerance": true,
            "recovery_strategy": "progressive",
            "state_sync_interval": 5,
            "redundancy_factor": 2,
            "metrics_collection_interval": 30,
            "auto_optimization": true
        }
        """
    }

    @Test("the first asker's configuration becomes the policy")
    func policy() throws {
        let policy = try policy(Self.seed())
        #expect(policy.redundancyFactor == 2)
        #expect(policy.maxConnections == 4)
        #expect(
            policy.browserPreferences == [
                BrowserPreference(family: .textEmbedding, browser: .edge),
                BrowserPreference(family: .vision, browser: .chrome),
                BrowserPreference(family: .audio, browser: .firefox),
            ])
        #expect(policy.adaptiveScaling && policy.enableFaultTolerance && policy.autoOptimization)
        #expect(policy.recoveryStrategy == .progressive)
        #expect(policy.stateSyncIntervalMs == 5000)
        #expect(policy.metricsCollectionIntervalMs == 30_000)
    }

    @Test("windows, tolerance, cooldown and memory of scaling become the policy, within their bounds")
    func scaling() throws {
        let scaling = try policy(
            """
            { "scaling": { "stable_window": 30, "panic_percent": 150, "tolerance_percent": 20, "cooldown": 5 },
              "memory_limit_mb": 4000 }
            """
        ).scaling
        #expect(
            scaling
                == ScalingPolicy(
                    stableWindowMs: 30_000, panicPercent: 150, tolerancePercent: 20, cooldownMs: 5_000,
                    memoryLimitBytes: 4_000 << 20))
        let short = try policy(#"{ "scaling": { "stable_window": 2 } }"#).scaling
        #expect(short?.panicWindowMs == 2_000)
        let refused = try refusal(#"{ "scaling": { "stable_window": 2, "panic_window": 3 } }"#)
        #expect(refused?.contains("scaling.panic_window is 3; allowed is at most stable_window") == true)
    }

    @Test("an empty configuration leaves the defaults, and false switches off")
    func defaults() throws {
        #expect(try policy("{}") == PoolPolicy())
        #expect(try policy(#"{"enable_fault_tolerance": false}"#).enableFaultTolerance == false)
        #expect(try policy(#"{"adaptive_scaling": false}"#).adaptiveScaling == false)
        #expect(try policy(#"{"auto_optimization": false}"#).autoOptimization == false)
    }

    struct Case: Sendable, CustomTestStringConvertible {
        var json: String
        var said: [String]
        var testDescription: String { json }
    }

    static let cases: [Case] = [
        Case(json: #"{"max_connections": 0}"#, said: ["max_connections is 0", "from 1 to 64"]),
        Case(json: #"{"max_connections": 65}"#, said: ["max_connections is 65", "from 1 to 64"]),
        Case(json: #"{"max_connections": true}"#, said: ["max_connections is true", "from 1 to 64"]),
        Case(json: #"{"max_connections": 1e30}"#, said: ["max_connections is 1e+30", "from 1 to 64"]),
        Case(json: #"{"browser_preferences": 1}"#, said: ["browser_preferences is 1", "vision", "chrome"]),
        Case(
            json: #"{"browser_preferences": {"smell": "chrome"}}"#,
            said: [#"browser_preferences.smell is "chrome""#, "text_embedding, vision, audio"]),
        Case(
            json: #"{"browser_preferences": {"vision": "lynx"}}"#,
            said: [#"browser_preferences.vision is "lynx""#, "chromium, chrome, edge, firefox"]),
        Case(
            json: #"{"browser_preferences": {"vision": "simulated"}}"#,
            said: [#"browser_preferences.vision is "simulated""#, "chromium"]),
        Case(
            json: #"{"browser_preferences": {"vision": 3}}"#,
            said: ["browser_preferences.vision is 3", "chromium"]),
        Case(json: #"{"adaptive_scaling": 1}"#, said: ["adaptive_scaling is 1", "true or false"]),
        Case(
            json: #"{"recovery_strategy": "best"}"#,
            said: [#"recovery_strategy is "best""#, "immediate", "parallel"]),
        Case(json: #"{"recovery_strategy": []}"#, said: ["recovery_strategy is []", "immediate"]),
        Case(json: #"{"state_sync_interval": 0}"#, said: ["state_sync_interval is 0", "above 0"]),
        Case(json: #"{"redundancy_factor": 0}"#, said: ["redundancy_factor is 0", "allowed is 1"]),
        Case(json: #"{"redundancy_factor": "2"}"#, said: [#"redundancy_factor is "2""#, "allowed is 1"]),
        Case(
            json: #"{"max_connections": 2, "redundancy_factor": 3}"#,
            said: ["redundancy_factor is 3", "allowed is 1 to 2", "max_connections"]),
        Case(json: #"{"redundancy": {"serve": "last"}}"#, said: [#"redundancy.serve is "last""#, "first"]),
        Case(json: #"{"redundancy": {"relative": 2}}"#, said: ["redundancy.relative is 2", "0.0 to 1.0"]),
        Case(
            json: #"{"metrics_collection_interval": 1e9}"#,
            said: ["metrics_collection_interval is 1000000000", "up to 86400"]),
        Case(json: #"{"connections": 4}"#, said: ["connections is 4", "known are max_connections"]),
        Case(json: "{", said: ["is not valid JSON"]),
    ]

    @Test("what is wrong is named with its path, its value and what is allowed", arguments: cases)
    func refusals(_ one: Case) throws {
        let message = try #require(try refusal(one.json), "it was taken")
        for part in one.said { #expect(message.contains(part), "\(message)") }
    }

    @Test("aging, pre-emption, warm browsers and recycling can be set")
    func ownFields() throws {
        let policy = try policy(
            """
            {"max_connections": 3, "warm_browsers": 2, "priority_aging": 7, "preemption_gap": 2, "lanes_per_browser": 4,
             "recycle": {"after": 3600, "after_tasks": 50, "memory_mb": 1500}}
            """)
        #expect(policy.warmBrowsers == 2)
        #expect(policy.agingMs == 7_000)
        #expect(policy.lanesPerBrowser == 4)
        #expect(try self.policy(#"{"priority_aging": 0}"#).agingMs == 0)
        #expect(policy.preemptionGap == 2)
        #expect(policy.recycleAfterMs == 3_600_000)
        #expect(policy.recycleAfterTasks == 50)
        #expect(policy.browserMemoryLimitBytes == 1_500 << 20)
        try policy.validate()
    }

    @Test("failures are predicted as the file says")
    func prediction() throws {
        #expect(try policy(#"{"preemptive_recovery": {}}"#).prediction == PredictionPolicy())
        let policy = try policy(
            """
            {"preemptive_recovery": {"rule": "phi", "observe_only": true, "horizon": 20, "phi_milli": 5000,
             "risk_milli": 700}}
            """)
        #expect(
            policy.prediction
                == PredictionPolicy(
                    rule: .phi, observesOnly: true, horizonMs: 20_000, phiMilli: 5_000, riskMilli: 700))
        try policy.validate()
        let refused = try #require(try refusal(#"{"preemptive_recovery": {"rule": "luck"}}"#))
        for part in [#"preemptive_recovery.rule is "luck""#, "phi, model"] {
            #expect(refused.contains(part), "\(refused)")
        }
    }

    @Test(
        "values of these fields that cannot be are refused with what is allowed",
        arguments: [
            (
                #"{"max_connections": 2, "warm_browsers": 3}"#,
                "warm_browsers is 3; allowed is a whole number from 0 to 2"
            ),
            (#"{"lanes_per_browser": 0}"#, "lanes_per_browser is 0; allowed is a whole number from 1 to 16"),
            (
                #"{"priority_aging": -1}"#,
                "priority_aging is -1; allowed is a number of seconds from 0 to 86400"
            ),
            (
                #"{"recycle": {"after_tasks": 0}}"#,
                "recycle.after_tasks is 0; allowed is a whole number from 1"
            ),
            (#"{"recycle": {"when": 1}}"#, "recycle.when is 1, but no such field is known"),
            (#"{"preemption_gap": -1}"#, "preemption_gap is -1; allowed is a whole number from 0"),
        ])
    func ownFieldsRefused(text: String, message: String) throws {
        let refusal = try #require(try refusal(text))
        #expect(refusal.contains(message), "\(refusal)")
    }
}
