import Pool
import PoolSimulator

/// A fault plan, as the file of `--faults` gives it. Every field is optional; what is left out does not go wrong.
enum FaultsFile {
    private static let longestMs = 86_400_000
    private static let injectionFields = [
        "at_ms", "fault", "evidence", "process_ended", "failure", "hold_tasks", "ms", "times", "by",
        "browser", "skips", "delay_ms", "ailment", "after_ms", "lasts_ms",
        "falls_silent", "episodes",
    ]

    /// - Throws: `UsageError` that names the field, its value, and what is allowed.
    static func read(_ path: String) throws(UsageError) -> FaultPlan {
        let reader = try ObjectReader(file: path)
        var plan = FaultPlan()
        let times: [(name: String, path: WritableKeyPath<FaultPlan, UInt64>, least: Int)] = [
            ("longest_stall_ms", \.longestStallMs, 1), ("longest_burst_ms", \.longestBurstMs, 1),
            ("durability_delay_ms", \.durabilityDelayMs, 0), ("ends_at_ms", \.endsAtMs, 0),
        ]
        let shares: [(name: String, path: WritableKeyPath<FaultPlan, UInt32>)] = [
            ("process_goes_on_per_mille", \.processGoesOnPerMille),
            ("hold_tasks_per_mille", \.holdTasksPerMille), ("injected_per_mille", \.injectedPerMille),
        ]
        try reader.allowOnly(
            FaultPlan.rates.map(\.name) + shares.map(\.name) + times.map(\.name)
                + ["slowest_times", "burst_times", "injections"])
        for rate in FaultPlan.rates {
            guard let value = try reader.integer(rate.name, in: 0...1000) else { continue }
            plan[keyPath: rate.path] = UInt32(value)
        }
        for (name, path) in shares {
            if let value = try reader.integer(name, in: 0...1000) { plan[keyPath: path] = UInt32(value) }
        }
        for (name, path, least) in times {
            if let value = try reader.integer(name, in: least...longestMs) {
                plan[keyPath: path] = UInt64(value)
            }
        }
        if let value = try reader.integer("slowest_times", in: 2...1000) { plan.slowestTimes = UInt64(value) }
        if let value = try reader.integer("burst_times", in: 1...1000) { plan.burstTimes = UInt32(value) }
        let shape = "an array of objects with at_ms and fault"
        for injection in try reader.objects("injections", allowed: shape) ?? [] {
            plan.injections.append(try Self.injection(injection))
        }
        return plan
    }

    private static func injection(_ reader: ObjectReader) throws(UsageError) -> FaultPlan.Injection {
        try reader.allowOnly(injectionFields)
        let range = "a whole number from 0 to \(longestMs)"
        guard let at = try reader.integer("at_ms", in: 0...longestMs) else {
            throw reader.refusal("at_ms", allowed: range)
        }
        let browser = try reader.integer("browser", in: 1...Int.max).map { BrowserID(UInt64($0)) }
        let skips = try reader.integer("skips", in: 0...Int(UInt32.max))
        let delay = try reader.integer("delay_ms", in: 0...longestMs) ?? 0
        return FaultPlan.Injection(
            atMs: UInt64(at), try fault(reader), browser: browser, skips: skips, delayMs: UInt64(delay))
    }

    private static func fault(_ reader: ObjectReader) throws(UsageError) -> Fault {
        let name = try choice("fault", of: reader, Fault.names)
        switch name {
        case "launch_fails": return .launchFails(try evidence(reader))
        case "launch_hangs": return .launchHangs
        case "launch_without_adapter": return .launchWithoutAdapter
        case "browser_slow": return .browserSlow(times: try number("times", of: reader, in: 2...1000))
        case "browser_wrong": return .browserWrong(by: try number("by", of: reader, in: 1...1000))
        case "browser_ails": return .browserAils(try ailment(reader))
        case "browser_fails":
            return .browserFails(try evidence(reader), processEnded: try processEnded(reader))
        case "browsers_fail":
            return .browsersFail(try evidence(reader), processEnded: try processEnded(reader))
        case "run_fails": return .runFails(try failure(reader))
        case "run_hangs": return .runHangs
        case "close_hangs": return .closeHangs
        case "stop_hangs": return .stopHangs
        case "prepare_fails": return .prepareFails(try failure(reader))
        case "prepare_hangs": return .prepareHangs
        case "rung_fails": return .rungFails
        case "rung_hangs": return .rungHangs
        case "browser_dies_healing": return .browserDiesHealing
        case "browser_falls_silent": return .browserFallsSilent
        case "comparison_fails": return .comparisonFails
        case "comparison_hangs": return .comparisonHangs
        case "report_lost": return .reportLost
        case "report_late": return .reportLate
        case "report_repeated": return .reportRepeated
        case "engine_crashes": return .engineCrashes(holdTasks: try holdTasks(reader))
        case "append_fails": return .appendFails(holdTasks: try holdTasks(reader))
        case "engine_stops": return .engineStops(holdTasks: try holdTasks(reader))
        case "engine_stalls": return .engineStalls(ms: try number("ms", of: reader, in: 1...longestMs))
        case "burst": return .burst(ms: try number("ms", of: reader, in: 1...longestMs))
        default: throw reader.unknown("fault", name, allowed: Fault.names)
        }
    }

    private static func ailment(_ reader: ObjectReader) throws(UsageError) -> Ailment {
        let kinds = Ailment.Kind.allCases
        let name = try choice("ailment", of: reader, kinds.map(\.name))
        return Ailment(
            kind: kinds.first { $0.name == name } ?? .gpuSlows,
            afterMs: try number("after_ms", of: reader, in: 0...longestMs),
            lastsMs: try number("lasts_ms", of: reader, in: 1...longestMs),
            times: try number("times", of: reader, in: 1...1000),
            end: try ailmentEnd(reader),
            episodes: UInt64(try reader.integer("episodes", in: 1...1000) ?? 1))
    }

    /// How an ailment ends: with an evidence, in silence, or without it, well.
    private static func ailmentEnd(_ reader: ObjectReader) throws(UsageError) -> Ailment.End {
        if try reader.bool("falls_silent") ?? false { return .fallsSilent }
        let isGiven = try reader.string("evidence", allowed: evidenceList) != nil
        return isGiven ? .fails(try evidence(reader)) : .passes
    }

    private static let evidenceList = "one of " + Evidence.names.joined(separator: ", ")

    private static func evidence(_ reader: ObjectReader) throws(UsageError) -> Evidence {
        let name = try choice("evidence", of: reader, Evidence.names)
        return Evidence(name: name) ?? .processExited
    }

    private static func failure(_ reader: ObjectReader) throws(UsageError) -> RunFailure {
        let name = try choice("failure", of: reader, RunFailure.names)
        return RunFailure(name: name) ?? .executorFault
    }

    private static func processEnded(_ reader: ObjectReader) throws(UsageError) -> Bool {
        try reader.bool("process_ended") ?? true
    }

    private static func holdTasks(_ reader: ObjectReader) throws(UsageError) -> Bool {
        try reader.bool("hold_tasks") ?? false
    }

    private static func choice(
        _ key: String, of reader: ObjectReader, _ names: [String]
    ) throws(UsageError) -> String {
        let list = "one of " + names.joined(separator: ", ")
        guard let name = try reader.string(key, allowed: list) else {
            throw reader.refusal(key, allowed: list)
        }
        guard names.contains(name) else { throw reader.unknown(key, name, allowed: names) }
        return name
    }

    private static func number(
        _ key: String, of reader: ObjectReader, in range: ClosedRange<Int>
    ) throws(UsageError) -> UInt64 {
        guard let value = try reader.integer(key, in: range) else {
            throw reader.refusal(
                key, allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return UInt64(value)
    }
}
