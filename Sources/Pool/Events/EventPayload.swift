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
    case retentionPointSet(RetentionPointSet)
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
        RetentionPointSet.name,
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
    mutating func accept<V: PayloadVisitor>(_ visitor: inout V) -> V.Result {
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
        case .retentionPointSet(var message):
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

    /// Reads the pending field as the payload of this number; nil, and nothing read, for an unknown number.
    static func decode(number: Int, from reader: inout WireReader) -> EventPayload? {
        switch number {
        case 10: .engineStarted(reader.submessage(EngineStarted()))
        case 11: .poolConfigured(reader.submessage(PoolConfigured()))
        case 12: .engineStopRequested(reader.submessage(EngineStopRequested()))
        case 13: .taskSubmitted(reader.submessage(TaskSubmitted()))
        case 14: .taskCancelRequested(reader.submessage(TaskCancelRequested()))
        case 15: .taskResumeRequested(reader.submessage(TaskResumeRequested()))
        case 16: .browserLaunched(reader.submessage(BrowserLaunched()))
        case 17: .browserLaunchFailed(reader.submessage(BrowserLaunchFailed()))
        case 18: .browserFailed(reader.submessage(BrowserFailed()))
        case 19: .browserClosed(reader.submessage(BrowserClosed()))
        case 20: .runStarted(reader.submessage(RunStarted()))
        case 21: .runProgressed(reader.submessage(RunProgressed()))
        case 22: .runCompleted(reader.submessage(RunCompleted()))
        case 23: .runFailed(reader.submessage(RunFailed()))
        case 24: .runStopped(reader.submessage(RunStopped()))
        case 25: .modelPrepared(reader.submessage(ModelPrepared()))
        case 26: .prepareFailed(reader.submessage(PrepareFailed()))
        case 27: .metricsSampled(reader.submessage(MetricsSampled()))
        case 30: .timerFired(reader.submessage(TimerFired()))
        case 31: .stateDigestRecorded(reader.submessage(StateDigestRecorded()))
        case 32: .reportsRefused(reader.submessage(ReportsRefused()))
        case 33: .retentionPointSet(reader.submessage(RetentionPointSet()))
        case 50: .backendRefused(reader.submessage(BackendRefused()))
        case 51: .taskQueued(reader.submessage(TaskQueued()))
        case 52: .taskSuspended(reader.submessage(TaskSuspended()))
        case 53: .retryScheduled(reader.submessage(RetryScheduled()))
        case 54: .taskSucceeded(reader.submessage(TaskSucceeded()))
        case 55: .taskFailed(reader.submessage(TaskFailed()))
        case 56: .taskCancelled(reader.submessage(TaskCancelled()))
        case 57: .taskTimedOut(reader.submessage(TaskTimedOut()))
        case 60: .browserLaunchDecided(reader.submessage(BrowserLaunchDecided()))
        case 61: .launchRetryScheduled(reader.submessage(LaunchRetryScheduled()))
        case 62: .browserCloseDecided(reader.submessage(BrowserCloseDecided()))
        case 63: .browserRetired(reader.submessage(BrowserRetired()))
        case 70: .taskGranted(reader.submessage(TaskGranted()))
        case 71: .runAssigned(reader.submessage(RunAssigned()))
        case 72: .runStopDecided(reader.submessage(RunStopDecided()))
        case 73: .allocationReleased(reader.submessage(AllocationReleased()))
        case 74: .prepareDecided(reader.submessage(PrepareDecided()))
        case 80: .recoveryBegan(reader.submessage(RecoveryBegan()))
        case 81: .rungStarted(reader.submessage(RungStarted()))
        case 82: .recoveryCommitted(reader.submessage(RecoveryCommitted()))
        case 83: .recoveryRolledBack(reader.submessage(RecoveryRolledBack()))
        default: nil
        }
    }
}
