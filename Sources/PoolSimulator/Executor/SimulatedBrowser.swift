import Pool
import PoolEngine

/// A simulated browser process; it is alive as long as the executor has it.
struct SimulatedBrowser: Sendable {
    var incarnation: IncarnationID
    var pid: UInt32
    /// It became usable and has not failed since.
    var isUsable = false
    /// Everything that runs on it takes so many times as long.
    var slowness: UInt64 = 1
    /// How far its outputs are off; 0 when they are right.
    var offBy: UInt64 = 0
    var runs: [SimulatedRun] = []
    /// It says nothing any more, and nothing in it goes on.
    var isSilent = false
    /// The rung under way.
    var rung: ObligationID?
    var runsCompleted: UInt64 = 0
    /// What goes wrong in it little by little.
    var ailment: Ailment?
    /// When it became usable.
    var usableSince = EventTime.zero
    /// Models in its page.
    var models: [Digest] = []
}

/// A run under way in a simulated browser.
struct SimulatedRun: Sendable {
    var obligation: ObligationID
    /// The next item to run.
    var nextItem: UInt64
    /// The model was not in the page when the run began.
    var isCold: Bool
    /// How it begins.
    var start: RunStart
    /// How far its outputs are off.
    var offBy: UInt64
    /// What it is about; nil until it has started.
    var step: RunStep?

    /// The item that it goes on with once it has reported what it is about; nil when that completes it.
    var itemBehind: UInt64? {
        guard let step else { return nextItem }
        return step.items > 0 ? nextItem + step.items : nil
    }
}

extension SimulatedBrowser {
    /// How many thousandths as bad as usual it stands with what an ailment shows in.
    func severityMilli(_ kind: Ailment.Kind, at now: EventTime) -> UInt64 {
        guard let ailment, ailment.kind == kind else { return 1_000 }
        return ailment.severityMilli(afterMs: now.nanoseconds(since: usableSince) / 1_000_000)
    }
}
