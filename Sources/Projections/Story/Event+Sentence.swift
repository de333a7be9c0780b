import Pool

extension Event {
    /// What the event says, in one plain sentence without a full stop.
    ///
    /// - Parameter subjects: What the event is about, also where it names only an obligation.
    public func sentence(about subjects: EventSubjects) -> String {
        let told = Told(sequence: sequence, at: at, subjects: subjects)
        return switch payload {
        case .engineStarted(let message): message.sentence
        case .poolConfigured(let message): message.sentence
        case .engineStopRequested(let message): message.sentence
        case .timerFired(let message): message.sentence
        case .stateDigestRecorded(let message): message.sentence
        case .reportsRefused(let message): message.sentence
        case .retentionPointSet(let message): message.sentence
        case .taskSubmitted(let message): message.sentence(told)
        case .taskCancelRequested(let message): "the owner of task \(message.task) asked to cancel it"
        case .taskResumeRequested(let message): "the owner of task \(message.task) asked to resume it"
        case .backendRefused(let message): message.sentence
        case .taskQueued(let message): message.sentence
        case .taskSuspended(let message): message.sentence
        case .retryScheduled(let message): message.sentence(told)
        case .taskSucceeded(let message): message.sentence
        case .taskFailed(let message): message.sentence
        case .taskCancelled(let message): message.sentence
        case .taskTimedOut(let message): message.sentence
        case .browserLaunched(let message): message.sentence
        case .browserLaunchFailed(let message): message.sentence
        case .browserFailed(let message): message.sentence
        case .browserClosed(let message): message.sentence
        case .metricsSampled(let message): message.sentence
        case .browserLaunchDecided(let message): message.sentence(told)
        case .launchRetryScheduled(let message): message.sentence(told)
        case .browserCloseDecided(let message): message.sentence(told)
        case .browserRetired(let message): message.sentence
        case .runStarted(let message): message.sentence(told)
        case .runProgressed(let message): message.sentence(told)
        case .runCompleted(let message): message.sentence(told)
        case .runFailed(let message): message.sentence(told)
        case .runStopped(let message): message.sentence(told)
        case .modelPrepared(let message): message.sentence
        case .prepareFailed(let message): message.sentence
        case .taskGranted(let message): message.sentence(told)
        case .runAssigned(let message): message.sentence
        case .runStopDecided(let message): message.sentence(told)
        case .allocationReleased(let message): message.sentence
        case .prepareDecided(let message): message.sentence(told)
        case .recoveryBegan(let message): message.sentence(told)
        case .rungStarted(let message): message.sentence(told)
        case .recoveryCommitted(let message): message.sentence
        case .recoveryRolledBack(let message): message.sentence
        case .healDecided(let message): message.sentence(told)
        case .rungEnded(let message): message.sentence
        case .browserHeartbeat(let message): message.sentence
        case .breakerOpened(let message): message.sentence(told)
        case .breakerHalfOpened(let message): message.sentence
        case .breakerClosed(let message): message.sentence
        case .browserSuspected(let message): message.sentence
        case .suspicionCleared(let message): message.sentence
        case .browserRecycleDecided(let message): message.sentence
        case .taskCopied(let message): message.sentence(told)
        case .comparisonDecided(let message): message.sentence
        case .outputsCompared(let message): message.sentence
        case .comparisonFailed(let message): message.sentence
        case .faultInjected(let message): message.sentence
        case .groupAgreed(let message): message.sentence
        case .groupDisagreed(let message): message.sentence
        case .groupAbandoned(let message): message.sentence
        case .resultServed(let message): message.sentence
        case .failurePredicted(let message): message.sentence
        case .predictionWithdrawn(let message): message.sentence
        case .poolScaled(let message): message.sentence
        case .modelBreakerOpened(let message): message.sentence(told)
        case .modelBreakerHalfOpened(let message): message.sentence
        case .modelBreakerClosed(let message): message.sentence
        }
    }
}

/// Where an event stands and what it is about: what a sentence may need besides the event's fields.
struct Told {
    let sequence: UInt64
    let at: EventTime
    let subjects: EventSubjects

    /// The task that the event is about.
    var task: String { subjects.task.map { "task \($0)" } ?? "a task that has ended" }
    /// ` on browser 4`, where that is known.
    var onBrowser: String { subjects.browser.map { " on browser \($0)" } ?? "" }

    /// How long after the event something is due.
    func wait(until due: EventTime) -> String { Wording.duration(from: at, to: due) }
}
