import Pool
import PoolEngine

/// An engine of a simulation, from its start to its crash or stop: what the async driver is around the step machine.
struct SimulatedEngine: Sendable {
    /// 0 for the first of the simulation.
    let number: Int
    var machine: StepMachine
    /// Steps that are appended but not durable, oldest first.
    var undurable: [StepMachine.Step] = []
    /// When the newest of them becomes durable: steps do so in their order.
    var durableAt = EventTime.zero
    /// Last sequence numbers of steps that submit a planned task, not durable yet.
    var submissions: [(last: UInt64, task: TaskID, planned: Int)] = []
    /// Last sequence number of the step that started it, until that is durable.
    var startedThrough: UInt64?
    /// Last sequence number of the step that configured it, until that is durable.
    var configuredThrough: UInt64?
    var isConfigured = false
    /// It takes nothing before.
    var stalledUntil = EventTime.zero
    /// What follows once it has stopped; nil while it is not asked to.
    var stopping: Stopping?
    /// The digest of its last state has been recorded.
    var hasRecordedEnd = false

    enum Stopping: Equatable, Sendable {
        case restart(holdTasks: Bool)
        case finish
    }

    init(number: Int, resuming state: PoolState) {
        self.number = number
        machine = StepMachine(resuming: state)
    }
}
