import Pool

/// Something that goes wrong in a simulation.
public enum Fault: Equatable, Sendable {
    /// A launch reports that it failed.
    case launchFails(Evidence)
    /// A launch reports nothing, for ever.
    case launchHangs
    /// A browser becomes usable without a WebGPU adapter.
    case launchWithoutAdapter
    /// A browser becomes usable on which everything that runs takes so many times as long.
    case browserSlow(times: UInt64)
    /// A browser becomes usable in which something goes wrong little by little.
    case browserAils(Ailment)
    /// A browser becomes usable whose outputs are wrong by so much, without a word.
    case browserWrong(by: UInt64)
    /// A usable browser fails; its process may go on.
    case browserFails(Evidence, processEnded: Bool)
    /// All usable browsers, at least two, fail at once and in the same way.
    case browsersFail(Evidence, processEnded: Bool)
    /// A run ends early while its browser stays usable.
    case runFails(RunFailure)
    /// A run reports nothing more.
    case runHangs
    /// A close ends no process and reports nothing.
    case closeHangs
    /// A stop stops nothing and reports nothing.
    case stopHangs
    /// A model cannot be prepared on a browser, which stays usable.
    case prepareFails(RunFailure)
    /// A preparation reports nothing, for ever.
    case prepareHangs
    /// A rung does not make a browser usable.
    case rungFails
    /// A rung reports nothing, for ever.
    case rungHangs
    /// A browser process ends while a rung is taken on it.
    case browserDiesHealing
    /// A usable browser says nothing any more, and nothing in it goes on.
    case browserFallsSilent
    /// Outputs of copies cannot be compared.
    case comparisonFails
    /// A comparison reports nothing, for ever.
    case comparisonHangs
    /// A report never arrives.
    case reportLost
    /// A report arrives late, after others that were made later.
    case reportLate
    /// A report arrives once more, later.
    case reportRepeated
    /// The engine ends at once, with all steps that are not durable; the next one may hold tasks.
    case engineCrashes(holdTasks: Bool)
    /// A step cannot be made durable: the engine ends, and neither that step nor any after it ever happened.
    case appendFails(holdTasks: Bool)
    /// The engine is asked to stop; another one starts later.
    case engineStops(holdTasks: Bool)
    /// The engine takes nothing for a while, in milliseconds: what arrives and what falls due waits.
    case engineStalls(ms: UInt64)
    /// For a while, in milliseconds, everything that strikes by chance does so more often.
    case burst(ms: UInt64)

    /// The kinds of fault, in the order of their cases.
    public static let names = [
        "launch_fails", "launch_hangs", "launch_without_adapter", "browser_slow", "browser_ails",
        "browser_wrong", "browser_fails",
        "browsers_fail", "run_fails", "run_hangs", "close_hangs", "stop_hangs", "prepare_fails",
        "prepare_hangs", "rung_fails", "rung_hangs", "browser_dies_healing", "browser_falls_silent",
        "comparison_fails", "comparison_hangs", "report_lost", "report_late", "report_repeated",
        "engine_crashes", "append_fails", "engine_stops", "engine_stalls", "burst",
    ]

    /// The kind of fault, for counting.
    public var name: String {
        switch self {
        case .launchFails: "launch_fails"
        case .launchHangs: "launch_hangs"
        case .launchWithoutAdapter: "launch_without_adapter"
        case .browserSlow: "browser_slow"
        case .browserAils: "browser_ails"
        case .browserWrong: "browser_wrong"
        case .browserFails: "browser_fails"
        case .browsersFail: "browsers_fail"
        case .runFails: "run_fails"
        case .runHangs: "run_hangs"
        case .closeHangs: "close_hangs"
        case .stopHangs: "stop_hangs"
        case .prepareFails: "prepare_fails"
        case .prepareHangs: "prepare_hangs"
        case .rungFails: "rung_fails"
        case .rungHangs: "rung_hangs"
        case .browserDiesHealing: "browser_dies_healing"
        case .browserFallsSilent: "browser_falls_silent"
        case .comparisonFails: "comparison_fails"
        case .comparisonHangs: "comparison_hangs"
        case .reportLost: "report_lost"
        case .reportLate: "report_late"
        case .reportRepeated: "report_repeated"
        case .engineCrashes: "engine_crashes"
        case .appendFails: "append_fails"
        case .engineStops: "engine_stops"
        case .engineStalls: "engine_stalls"
        case .burst: "burst"
        }
    }
}
