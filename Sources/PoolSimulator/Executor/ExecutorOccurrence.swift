import Pool
import PoolEngine

/// What is to happen inside the simulated executor.
enum ExecutorOccurrence: Sendable {
    case launchEnds(Effect.Launch, pid: UInt32, fault: Fault?)
    case closeEnds(Effect.Close)
    case runAdvances(Effect.Run)
    case stopEnds(Effect.Stop)
    case prepareEnds(Effect.Prepare, fault: Fault?)
    case heartbeat(BrowserID, IncarnationID, everyMs: UInt64)
    case rungEnds(Effect.Heal, fault: Fault?)
    case comparisonEnds(Effect.Compare, fault: Fault?)
    case browserFails(BrowserID, IncarnationID, Fault)
    case ailmentEnds(BrowserID, IncarnationID, Ailment)
}
