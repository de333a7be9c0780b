import Pool
import PoolEngine

/// What is to happen in a simulation.
enum SimulationOccurrence: Sendable {
    /// Inside the executor of the n-th engine; nothing if that engine has ended.
    case executor(ExecutorOccurrence, engine: Int)
    /// A report arrives; from the n-th engine's executor, or from whichever is there when it was late.
    case report(Report, engine: Int?)
    case durable(through: UInt64, engine: Int)
    /// The owner of a planned task submits it.
    case submit(Int)
    case cancel(TaskID)
    case resume(TaskID)
    case start(holdTasks: Bool)
    /// A timed fault strikes, or an append fails; nothing if the engine that it names has ended.
    case strike(FaultPlan.Injection, engine: Int?)
    /// Nothing goes wrong any more; an idle pool may stop.
    case faultsEnd
    /// A recorded act of the n-th engine's session; nothing if that is over.
    case act(RecordedSession.Act, session: Int)
    /// The n-th engine ends as it was recorded; nothing if it has ended.
    case sessionEnds(session: Int)
    /// Nothing; something may be due then.
    case tick
}

extension SimulationOccurrence {
    /// Whether it reaches the engine, and therefore waits while the engine is stalled.
    var isInput: Bool {
        switch self {
        case .report, .durable, .submit, .cancel, .resume: true
        case .strike(let injection, _):
            switch injection.fault {
            case .engineStops, .appendFails: true
            default: false
            }
        case .executor, .start, .faultsEnd, .act, .sessionEnds, .tick: false
        }
    }
}
