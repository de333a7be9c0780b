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
    case rungEnded(RungEnded)
    case browserHeartbeat(BrowserHeartbeat)
    case timerFired(TimerFired)
    case stateDigestRecorded(StateDigestRecorded)
    case reportsRefused(ReportsRefused)
    case retentionPointSet(RetentionPointSet)
    case outputsCompared(OutputsCompared)
    case comparisonFailed(ComparisonFailed)
    case faultInjected(FaultInjected)
    case backendRefused(BackendRefused)
    case taskQueued(TaskQueued)
    case taskSuspended(TaskSuspended)
    case retryScheduled(RetryScheduled)
    case taskSucceeded(TaskSucceeded)
    case taskFailed(TaskFailed)
    case taskCancelled(TaskCancelled)
    case taskTimedOut(TaskTimedOut)
    case resultServed(ResultServed)
    case browserLaunchDecided(BrowserLaunchDecided)
    case launchRetryScheduled(LaunchRetryScheduled)
    case browserCloseDecided(BrowserCloseDecided)
    case browserRetired(BrowserRetired)
    case breakerOpened(BreakerOpened)
    case breakerHalfOpened(BreakerHalfOpened)
    case breakerClosed(BreakerClosed)
    case browserSuspected(BrowserSuspected)
    case suspicionCleared(SuspicionCleared)
    case browserRecycleDecided(BrowserRecycleDecided)
    case taskGranted(TaskGranted)
    case runAssigned(RunAssigned)
    case runStopDecided(RunStopDecided)
    case allocationReleased(AllocationReleased)
    case prepareDecided(PrepareDecided)
    case taskCopied(TaskCopied)
    case comparisonDecided(ComparisonDecided)
    case groupAgreed(GroupAgreed)
    case groupDisagreed(GroupDisagreed)
    case groupAbandoned(GroupAbandoned)
    case recoveryBegan(RecoveryBegan)
    case rungStarted(RungStarted)
    case recoveryCommitted(RecoveryCommitted)
    case recoveryRolledBack(RecoveryRolledBack)
    case healDecided(HealDecided)
    case failurePredicted(FailurePredicted)
    case predictionWithdrawn(PredictionWithdrawn)
    case poolScaled(PoolScaled)
    case modelBreakerOpened(ModelBreakerOpened)
    case modelBreakerHalfOpened(ModelBreakerHalfOpened)
    case modelBreakerClosed(ModelBreakerClosed)

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
        RungEnded.name,
        BrowserHeartbeat.name,
        TimerFired.name,
        StateDigestRecorded.name,
        ReportsRefused.name,
        RetentionPointSet.name,
        OutputsCompared.name,
        ComparisonFailed.name,
        FaultInjected.name,
        BackendRefused.name,
        TaskQueued.name,
        TaskSuspended.name,
        RetryScheduled.name,
        TaskSucceeded.name,
        TaskFailed.name,
        TaskCancelled.name,
        TaskTimedOut.name,
        ResultServed.name,
        BrowserLaunchDecided.name,
        LaunchRetryScheduled.name,
        BrowserCloseDecided.name,
        BrowserRetired.name,
        BreakerOpened.name,
        BreakerHalfOpened.name,
        BreakerClosed.name,
        BrowserSuspected.name,
        SuspicionCleared.name,
        BrowserRecycleDecided.name,
        TaskGranted.name,
        RunAssigned.name,
        RunStopDecided.name,
        AllocationReleased.name,
        PrepareDecided.name,
        TaskCopied.name,
        ComparisonDecided.name,
        GroupAgreed.name,
        GroupDisagreed.name,
        GroupAbandoned.name,
        RecoveryBegan.name,
        RungStarted.name,
        RecoveryCommitted.name,
        RecoveryRolledBack.name,
        HealDecided.name,
        FailurePredicted.name,
        PredictionWithdrawn.name,
        PoolScaled.name,
        ModelBreakerOpened.name,
        ModelBreakerHalfOpened.name,
        ModelBreakerClosed.name,
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
        case .rungEnded(var message):
            return visitor.visit(&message)
        case .browserHeartbeat(var message):
            return visitor.visit(&message)
        case .timerFired(var message):
            return visitor.visit(&message)
        case .stateDigestRecorded(var message):
            return visitor.visit(&message)
        case .reportsRefused(var message):
            return visitor.visit(&message)
        case .retentionPointSet(var message):
            return visitor.visit(&message)
        case .outputsCompared(var message):
            return visitor.visit(&message)
        case .comparisonFailed(var message):
            return visitor.visit(&message)
        case .faultInjected(var message):
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
        case .resultServed(var message):
            return visitor.visit(&message)
        case .browserLaunchDecided(var message):
            return visitor.visit(&message)
        case .launchRetryScheduled(var message):
            return visitor.visit(&message)
        case .browserCloseDecided(var message):
            return visitor.visit(&message)
        case .browserRetired(var message):
            return visitor.visit(&message)
        case .breakerOpened(var message):
            return visitor.visit(&message)
        case .breakerHalfOpened(var message):
            return visitor.visit(&message)
        case .breakerClosed(var message):
            return visitor.visit(&message)
        case .browserSuspected(var message):
            return visitor.visit(&message)
        case .suspicionCleared(var message):
            return visitor.visit(&message)
        case .browserRecycleDecided(var message):
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
        case .taskCopied(var message):
            return visitor.visit(&message)
        case .comparisonDecided(var message):
            return visitor.visit(&message)
        case .groupAgreed(var message):
            return visitor.visit(&message)
        case .groupDisagreed(var message):
            return visitor.visit(&message)
        case .groupAbandoned(var message):
            return visitor.visit(&message)
        case .recoveryBegan(var message):
            return visitor.visit(&message)
        case .rungStarted(var message):
            return visitor.visit(&message)
        case .recoveryCommitted(var message):
            return visitor.visit(&message)
        case .recoveryRolledBack(var message):
            return visitor.visit(&message)
        case .healDecided(var message):
            return visitor.visit(&message)
        case .failurePredicted(var message):
            return visitor.visit(&message)
        case .predictionWithdrawn(var message):
            return visitor.visit(&message)
        case .poolScaled(var message):
            return visitor.visit(&message)
        case .modelBreakerOpened(var message):
            return visitor.visit(&message)
        case .modelBreakerHalfOpened(var message):
            return visitor.visit(&message)
        case .modelBreakerClosed(var message):
            return visitor.visit(&message)
        }
    }

    /// Hands an empty message of the type of this number to what reads its fields; nil for an unknown number.
    @inline(__always)
    static func read<Reading: PayloadReading>(number: Int, _ reading: inout Reading) -> Reading.Result? {
        switch number {
        case EngineStarted.number: return reading.read(EngineStarted())
        case PoolConfigured.number: return reading.read(PoolConfigured())
        case EngineStopRequested.number: return reading.read(EngineStopRequested())
        case TaskSubmitted.number: return reading.read(TaskSubmitted())
        case TaskCancelRequested.number: return reading.read(TaskCancelRequested())
        case TaskResumeRequested.number: return reading.read(TaskResumeRequested())
        case BrowserLaunched.number: return reading.read(BrowserLaunched())
        case BrowserLaunchFailed.number: return reading.read(BrowserLaunchFailed())
        case BrowserFailed.number: return reading.read(BrowserFailed())
        case BrowserClosed.number: return reading.read(BrowserClosed())
        case RunStarted.number: return reading.read(RunStarted())
        case RunProgressed.number: return reading.read(RunProgressed())
        case RunCompleted.number: return reading.read(RunCompleted())
        case RunFailed.number: return reading.read(RunFailed())
        case RunStopped.number: return reading.read(RunStopped())
        case ModelPrepared.number: return reading.read(ModelPrepared())
        case PrepareFailed.number: return reading.read(PrepareFailed())
        case MetricsSampled.number: return reading.read(MetricsSampled())
        case RungEnded.number: return reading.read(RungEnded())
        case BrowserHeartbeat.number: return reading.read(BrowserHeartbeat())
        case TimerFired.number: return reading.read(TimerFired())
        case StateDigestRecorded.number: return reading.read(StateDigestRecorded())
        case ReportsRefused.number: return reading.read(ReportsRefused())
        case RetentionPointSet.number: return reading.read(RetentionPointSet())
        case OutputsCompared.number: return reading.read(OutputsCompared())
        case ComparisonFailed.number: return reading.read(ComparisonFailed())
        case FaultInjected.number: return reading.read(FaultInjected())
        case BackendRefused.number: return reading.read(BackendRefused())
        case TaskQueued.number: return reading.read(TaskQueued())
        case TaskSuspended.number: return reading.read(TaskSuspended())
        case RetryScheduled.number: return reading.read(RetryScheduled())
        case TaskSucceeded.number: return reading.read(TaskSucceeded())
        case TaskFailed.number: return reading.read(TaskFailed())
        case TaskCancelled.number: return reading.read(TaskCancelled())
        case TaskTimedOut.number: return reading.read(TaskTimedOut())
        case ResultServed.number: return reading.read(ResultServed())
        case BrowserLaunchDecided.number: return reading.read(BrowserLaunchDecided())
        case LaunchRetryScheduled.number: return reading.read(LaunchRetryScheduled())
        case BrowserCloseDecided.number: return reading.read(BrowserCloseDecided())
        case BrowserRetired.number: return reading.read(BrowserRetired())
        case BreakerOpened.number: return reading.read(BreakerOpened())
        case BreakerHalfOpened.number: return reading.read(BreakerHalfOpened())
        case BreakerClosed.number: return reading.read(BreakerClosed())
        case BrowserSuspected.number: return reading.read(BrowserSuspected())
        case SuspicionCleared.number: return reading.read(SuspicionCleared())
        case BrowserRecycleDecided.number: return reading.read(BrowserRecycleDecided())
        case TaskGranted.number: return reading.read(TaskGranted())
        case RunAssigned.number: return reading.read(RunAssigned())
        case RunStopDecided.number: return reading.read(RunStopDecided())
        case AllocationReleased.number: return reading.read(AllocationReleased())
        case PrepareDecided.number: return reading.read(PrepareDecided())
        case TaskCopied.number: return reading.read(TaskCopied())
        case ComparisonDecided.number: return reading.read(ComparisonDecided())
        case GroupAgreed.number: return reading.read(GroupAgreed())
        case GroupDisagreed.number: return reading.read(GroupDisagreed())
        case GroupAbandoned.number: return reading.read(GroupAbandoned())
        case RecoveryBegan.number: return reading.read(RecoveryBegan())
        case RungStarted.number: return reading.read(RungStarted())
        case RecoveryCommitted.number: return reading.read(RecoveryCommitted())
        case RecoveryRolledBack.number: return reading.read(RecoveryRolledBack())
        case HealDecided.number: return reading.read(HealDecided())
        case FailurePredicted.number: return reading.read(FailurePredicted())
        case PredictionWithdrawn.number: return reading.read(PredictionWithdrawn())
        case PoolScaled.number: return reading.read(PoolScaled())
        case ModelBreakerOpened.number: return reading.read(ModelBreakerOpened())
        case ModelBreakerHalfOpened.number: return reading.read(ModelBreakerHalfOpened())
        case ModelBreakerClosed.number: return reading.read(ModelBreakerClosed())
        default: return nil
        }
    }

    /// Reads the pending field as the payload of this number; nil, and nothing read, for an unknown number.
    static func decode(number: Int, from reader: inout WireReader) -> EventPayload? {
        var decoding = Decoding(reader: reader)
        guard let payload = read(number: number, &decoding) else { return nil }
        reader = decoding.reader
        return payload
    }

    private struct Decoding: PayloadReading {
        var reader: WireReader
        mutating func read<M: FoldedMessage>(_ empty: @autoclosure () -> M) -> EventPayload {
            reader.submessage(empty()).payload
        }
    }
}
