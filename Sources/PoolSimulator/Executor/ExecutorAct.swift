import Pool
import PoolEngine

/// Something that an executor really did, whatever it reported.
public enum ExecutorAct: Equatable, Sendable {
    /// It began to perform an effect.
    case began(Effect)
    /// A process of a browser came to life.
    case processStarted(pid: UInt32, BrowserID)
    /// A process ended.
    case processEnded(pid: UInt32)
    /// A run began whose outputs are wrong by so much.
    case outputsWrong(run: ObligationID, by: UInt64)
    /// Items of a run were run.
    case itemsRan(run: ObligationID, task: TaskID, items: Range<UInt64>)
}
