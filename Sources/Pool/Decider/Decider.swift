/// Takes one observation and decides what follows.
///
/// Every decision is folded in as soon as it is taken, so that the next one sees its effect: the result is a function
/// of the state, the observation and its time, and of nothing else (CORE-1, CORE-2).
struct Decider {
    fileprivate(set) var state: PoolState
    private(set) var events: [Event] = []
    /// What each of them is about.
    private(set) var subjects: [EventSubjects] = []
    let now: EventTime

    /// - Parameter state: The state that is decided on, in place; it belongs to the decider until it is done.
    init(taking state: inout PoolState, now: EventTime) {
        self.now = max(now, state.lastEventAt)
        self.state = PoolState()
        swap(&self.state, &state)
    }

    /// Records an event with its cause, and gives its sequence number.
    @discardableResult
    mutating func emit(_ message: some EventMessage, cause: UInt64) -> UInt64 {
        let event = Event(sequence: state.position + 1, at: now, cause: cause, payload: message.payload)
        subjects.append(event.subjects(in: state))
        state.evolve(event)
        events.append(event)
        return event.sequence
    }

    /// When something that has failed `failures` times in a row is tried again: exponential, doubling from
    /// `base_ms` up to `max_ms`. It carries no jitter: attempts are spread by the browsers that they wait for.
    func backoff(after failures: UInt32) -> EventTime {
        let retry = state.policy.retry
        let doublings = min(failures > 0 ? failures - 1 : 0, 40)
        let (delay, overflow) = retry.baseMs.multipliedReportingOverflow(by: 1 << UInt64(doublings))
        return now.adding(milliseconds: overflow ? retry.maxMs : min(delay, retry.maxMs))
    }

    /// The outcome for one observation; the events that were emitted are the step.
    mutating func decide(_ observation: EventPayload) -> StepOutcome? {
        switch observation {
        case .engineStarted(let started): engineStarted(started)
        case .poolConfigured(let configured):
            let cause = emit(configured, cause: 0)
            settle(cause: cause)
        case .engineStopRequested(let request): engineStopRequested(request)
        case .stateDigestRecorded(let digest): emit(digest, cause: 0)
        case .reportsRefused(let refused): emit(refused, cause: 0)
        case .retentionPointSet(let point): return retentionPointSet(point)
        case .timerFired(let fired): return timerFired(fired)
        case .taskSubmitted(let submitted): return taskSubmitted(submitted)
        case .taskCancelRequested(let request): return taskCancelRequested(request)
        case .taskResumeRequested(let request): return taskResumeRequested(request)
        case .browserLaunched(let launched): return browserLaunched(launched)
        case .browserLaunchFailed(let failed): return browserLaunchFailed(failed)
        case .browserFailed(let failed): return browserFailed(failed)
        case .browserClosed(let closed): return browserClosed(closed)
        case .runStarted(let started): return runStarted(started)
        case .runProgressed(let progressed): return runProgressed(progressed)
        case .runCompleted(let completed): return runCompleted(completed)
        case .runFailed(let failed): return runFailed(failed)
        case .runStopped(let stopped): return runStopped(stopped)
        case .modelPrepared(let prepared): return modelPrepared(prepared)
        case .prepareFailed(let failed): return prepareFailed(failed)
        case .metricsSampled(let sampled): return metricsSampled(sampled)
        case .rungEnded(let ended): return rungEnded(ended)
        case .browserHeartbeat(let heartbeat): return browserHeartbeat(heartbeat)
        case .outputsCompared(let compared): return outputsCompared(compared)
        case .comparisonFailed(let failed): return comparisonFailed(failed)
        case .faultInjected(let injected): return faultInjected(injected)
        case .backendRefused, .taskQueued, .taskSuspended, .retryScheduled, .taskSucceeded, .taskFailed,
            .taskCancelled, .taskTimedOut, .browserLaunchDecided, .launchRetryScheduled, .browserCloseDecided,
            .browserRetired, .taskGranted, .runAssigned, .runStopDecided, .allocationReleased,
            .prepareDecided, .recoveryBegan,
            .rungStarted, .recoveryCommitted, .recoveryRolledBack, .healDecided, .failurePredicted,
            .predictionWithdrawn, .breakerOpened,
            .breakerHalfOpened,
            .breakerClosed, .browserSuspected, .suspicionCleared,
            .browserRecycleDecided, .poolScaled, .modelBreakerOpened, .modelBreakerHalfOpened,
            .modelBreakerClosed, .resultServed, .taskCopied, .comparisonDecided, .groupAgreed,
            .groupDisagreed, .groupAbandoned:
            preconditionFailure("\(observation.name) is a decision, not an observation")
        }
        return nil
    }
}

extension PoolState {
    /// The revision of the rules that `step` decides by. It changes whenever the same observation may give other
    /// decisions than before, or the same events a state with other canonical bytes.
    public static let decisionRevision: UInt32 = 8

    /// Decides on an observation and folds the step into the state, in place.
    ///
    /// - Parameters:
    ///   - observation: A fact from outside; passing a decision is a precondition failure.
    ///   - now: The time of the step; a time before the last event counts as the last event's.
    public mutating func step(_ observation: EventPayload, at now: EventTime) -> StepOutcome {
        var subjects: [EventSubjects] = []
        return step(observation, at: now, subjects: &subjects)
    }

    /// The same, and says what each of the recorded events is about: one entry per event, in their order.
    public mutating func step(
        _ observation: EventPayload, at now: EventTime, subjects: inout [EventSubjects]
    ) -> StepOutcome {
        // The state is handed to the decider and back: a second owner would make the first change of each table copy it.
        var decider = Decider(taking: &self, now: now)
        let refusal = decider.decide(observation)
        swap(&decider.state, &self)
        subjects = decider.subjects
        return refusal ?? .recorded(decider.events)
    }

    /// The same without changing the state.
    public func decide(_ observation: EventPayload, at now: EventTime) -> StepOutcome {
        var copy = self
        return copy.step(observation, at: now)
    }
}
