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
    case crash(holdTasks: Bool, engine: Int)
    case stop(holdTasks: Bool, engine: Int)
    case stall(ms: UInt64, engine: Int)
    case inject(Fault)
    /// Nothing goes wrong any more; an idle pool may stop.
    case faultsEnd
}

extension SimulationOccurrence {
    /// Whether it reaches the engine, and therefore waits while the engine is stalled.
    var isInput: Bool {
        switch self {
        case .report, .durable, .submit, .cancel, .resume, .stop, .inject(.engineStops): true
        case .executor, .start, .crash, .stall, .inject, .faultsEnd: false
        }
    }
}
