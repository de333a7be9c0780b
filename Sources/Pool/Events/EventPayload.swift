/// What an event says. Numbers are those of the `payload` field of `weir.v1.Event`: 10 to 49 are observations,
/// 50 and above are decisions.
public enum EventPayload: Equatable, Sendable {
    case engineStarted(EngineStarted)
    case poolConfigured(PoolConfigured)
    case engineStopRequested(EngineStopRequested)
    case taskSubmitted(TaskSubmitted)
    case taskCancelRequested(TaskCancelRequested)
    case taskResumeRequested(TaskResumeRequested)
    case browserLaunched(BrowserLaunched)
    case browserLaunchFailed(BrowserLaunchFailed)
    case browserFailed(BrowserFailed)
    case browserClosed(BrowserClosed)
    case runStarted(RunStarted)
    case runProgressed(RunProgressed)
    case runCompleted(RunCompleted)
    case runFailed(RunFailed)
    case runStopped(RunStopped)
    case modelPrepared(ModelPrepared)
    case prepareFailed(PrepareFailed)
    case metricsSampled(MetricsSampled)
    case timerFired(TimerFired)
    case stateDigestRecorded(StateDigestRecorded)
    case reportsRefused(ReportsRefused)
    case backendRefused(BackendRefused)
    case taskQueued(TaskQueued)
    case taskSuspended(TaskSuspended)
    case retryScheduled(RetryScheduled)
    case taskSucceeded(TaskSucceeded)
    case taskFailed(TaskFailed)
    case taskCancelled(TaskCancelled)
    case taskTimedOut(TaskTimedOut)
    case browserLaunchDecided(BrowserLaunchDecided)
    case launchRetryScheduled(LaunchRetryScheduled)
    case browserCloseDecided(BrowserCloseDecided)
    case browserRetired(BrowserRetired)
    case taskGranted(TaskGranted)
    case runAssigned(RunAssigned)
    case runStopDecided(RunStopDecided)
    case allocationReleased(AllocationReleased)
    case prepareDecided(PrepareDecided)
    case recoveryBegan(RecoveryBegan)
    case rungStarted(RungStarted)
    case recoveryCommitted(RecoveryCommitted)
    case recoveryRolledBack(RecoveryRolledBack)

    /// The name of every event type, in the order of their numbers.
    public static let names: [StaticString] = [
        EngineStarted.name,
        PoolConfigured.name,
        EngineStopRequested.name,
        TaskSubmitted.name,
        TaskCancelRequested.name,
        TaskResumeRequested.name,
        BrowserLaunched.name,
        BrowserLaunchFailed.name,
        BrowserFailed.name,
        BrowserClosed.name,
        RunStarted.name,
        RunProgressed.name,
        RunCompleted.name,
        RunFailed.name,
        RunStopped.name,
        ModelPrepared.name,
        PrepareFailed.name,
        MetricsSampled.name,
        TimerFired.name,
        StateDigestRecorded.name,
        ReportsRefused.name,
        BackendRefused.name,
        TaskQueued.name,
        TaskSuspended.name,
        RetryScheduled.name,
        TaskSucceeded.name,
        TaskFailed.name,
        TaskCancelled.name,
        TaskTimedOut.name,
        BrowserLaunchDecided.name,
        LaunchRetryScheduled.name,
        BrowserCloseDecided.name,
        BrowserRetired.name,
        TaskGranted.name,
        RunAssigned.name,
        RunStopDecided.name,
        AllocationReleased.name,
        PrepareDecided.name,
        RecoveryBegan.name,
        RungStarted.name,
        RecoveryCommitted.name,
        RecoveryRolledBack.name,
    ]

    /// Hands the message to a visitor that is generic over its type.
    @inline(__always)
    func accept<V: PayloadVisitor>(_ visitor: inout V) -> V.Result {
        switch self {
        case .engineStarted(var message):
            return visitor.visit(&message)
        case .poolConfigured(var message):
            return visitor.visit(&message)
        case .engineStopRequested(var message):
            return visitor.visit(&message)
        case .taskSubmitted(var message):
            return visitor.visit(&message)
        case .taskCancelRequested(var message):
            return visitor.visit(&message)
        case .taskResumeRequested(var message):
            return visitor.visit(&message)
        case .browserLaunched(var message):
            return visitor.visit(&message)
        case .browserLaunchFailed(var message):
            return visitor.visit(&message)
        case .browserFailed(var message):
            return visitor.visit(&message)
        case .browserClosed(var message):
            return visitor.visit(&message)
        case .runStarted(var message):
            return visitor.visit(&message)
        case .runProgressed(var message):
            return visitor.visit(&message)
        case .runCompleted(var message):
            return visitor.visit(&message)
        case .runFailed(var message):
            return visitor.visit(&message)
        case .runStopped(var message):
            return visitor.visit(&message)
        case .modelPrepared(var message):
            return visitor.visit(&message)
        case .prepareFailed(var message):
            return visitor.visit(&message)
        case .metricsSampled(var message):
            return visitor.visit(&message)
        case .timerFired(var message):
            return visitor.visit(&message)
        case .stateDigestRecorded(var message):
            return visitor.visit(&message)
        case .reportsRefused(var message):
            return visitor.visit(&message)
        case .backendRefused(var message):
            return visitor.visit(&message)
        case .taskQueued(var message):
            return visitor.visit(&message)
        case .taskSuspended(var message):
            return visitor.visit(&message)
        case .retryScheduled(var message):
            return visitor.visit(&message)
        case .taskSucceeded(var message):
            return visitor.visit(&message)
        case .taskFailed(var message):
            return visitor.visit(&message)
        case .taskCancelled(var message):
            return visitor.visit(&message)
        case .taskTimedOut(var message):
            return visitor.visit(&message)
        case .browserLaunchDecided(var message):
            return visitor.visit(&message)
        case .launchRetryScheduled(var message):
            return visitor.visit(&message)
        case .browserCloseDecided(var message):
            return visitor.visit(&message)
        case .browserRetired(var message):
            return visitor.visit(&message)
        case .taskGranted(var message):
            return visitor.visit(&message)
        case .runAssigned(var message):
            return visitor.visit(&message)
        case .runStopDecided(var message):
            return visitor.visit(&message)
        case .allocationReleased(var message):
            return visitor.visit(&message)
        case .prepareDecided(var message):
            return visitor.visit(&message)
        case .recoveryBegan(var message):
            return visitor.visit(&message)
        case .rungStarted(var message):
            return visitor.visit(&message)
        case .recoveryCommitted(var message):
            return visitor.visit(&message)
        case .recoveryRolledBack(var message):
            return visitor.visit(&message)
        }
    }

    /// Hands the empty message of this number to a visitor; nil for an unknown number.
    @inline(__always)
    static func accept<V: PayloadVisitor>(number: Int, _ visitor: inout V) -> V.Result? {
        switch number {
        case EngineStarted.number: return visitor.visit(empty: EngineStarted())
        case PoolConfigured.number: return visitor.visit(empty: PoolConfigured())
        case EngineStopRequested.number: return visitor.visit(empty: EngineStopRequested())
        case TaskSubmitted.number: return visitor.visit(empty: TaskSubmitted())
        case TaskCancelRequested.number: return visitor.visit(empty: TaskCancelRequested())
        case TaskResumeRequested.number: return visitor.visit(empty: TaskResumeRequested())
        case BrowserLaunched.number: return visitor.visit(empty: BrowserLaunched())
        case BrowserLaunchFailed.number: return visitor.visit(empty: BrowserLaunchFailed())
        case BrowserFailed.number: return visitor.visit(empty: BrowserFailed())
        case BrowserClosed.number: return visitor.visit(empty: BrowserClosed())
        case RunStarted.number: return visitor.visit(empty: RunStarted())
        case RunProgressed.number: return visitor.visit(empty: RunProgressed())
        case RunCompleted.number: return visitor.visit(empty: RunCompleted())
        case RunFailed.number: return visitor.visit(empty: RunFailed())
        case RunStopped.number: return visitor.visit(empty: RunStopped())
        case ModelPrepared.number: return visitor.visit(empty: ModelPrepared())
        case PrepareFailed.number: return visitor.visit(empty: PrepareFailed())
        case MetricsSampled.number: return visitor.visit(empty: MetricsSampled())
        case TimerFired.number: return visitor.visit(empty: TimerFired())
        case StateDigestRecorded.number: return visitor.visit(empty: StateDigestRecorded())
        case ReportsRefused.number: return visitor.visit(empty: ReportsRefused())
        case BackendRefused.number: return visitor.visit(empty: BackendRefused())
        case TaskQueued.number: return visitor.visit(empty: TaskQueued())
        case TaskSuspended.number: return visitor.visit(empty: TaskSuspended())
        case RetryScheduled.number: return visitor.visit(empty: RetryScheduled())
        case TaskSucceeded.number: return visitor.visit(empty: TaskSucceeded())
        case TaskFailed.number: return visitor.visit(empty: TaskFailed())
        case TaskCancelled.number: return visitor.visit(empty: TaskCancelled())
        case TaskTimedOut.number: return visitor.visit(empty: TaskTimedOut())
        case BrowserLaunchDecided.number: return visitor.visit(empty: BrowserLaunchDecided())
        case LaunchRetryScheduled.number: return visitor.visit(empty: LaunchRetryScheduled())
        case BrowserCloseDecided.number: return visitor.visit(empty: BrowserCloseDecided())
        case BrowserRetired.number: return visitor.visit(empty: BrowserRetired())
        case TaskGranted.number: return visitor.visit(empty: TaskGranted())
        case RunAssigned.number: return visitor.visit(empty: RunAssigned())
        case RunStopDecided.number: return visitor.visit(empty: RunStopDecided())
        case AllocationReleased.number: return visitor.visit(empty: AllocationReleased())
        case PrepareDecided.number: return visitor.visit(empty: PrepareDecided())
        case RecoveryBegan.number: return visitor.visit(empty: RecoveryBegan())
        case RungStarted.number: return visitor.visit(empty: RungStarted())
        case RecoveryCommitted.number: return visitor.visit(empty: RecoveryCommitted())
        case RecoveryRolledBack.number: return visitor.visit(empty: RecoveryRolledBack())
        default: return nil
        }
    }
}
