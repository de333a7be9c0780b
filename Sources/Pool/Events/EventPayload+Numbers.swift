extension EventPayload {
    /// The number of every event type, in the order of `names`.
    public static let numbers: [Int] = [
        EngineStarted.number,
        PoolConfigured.number,
        EngineStopRequested.number,
        TaskSubmitted.number,
        TaskCancelRequested.number,
        TaskResumeRequested.number,
        BrowserLaunched.number,
        BrowserLaunchFailed.number,
        BrowserFailed.number,
        BrowserClosed.number,
        RunStarted.number,
        RunProgressed.number,
        RunCompleted.number,
        RunFailed.number,
        RunStopped.number,
        ModelPrepared.number,
        PrepareFailed.number,
        MetricsSampled.number,
        RungEnded.number,
        BrowserHeartbeat.number,
        TimerFired.number,
        StateDigestRecorded.number,
        ReportsRefused.number,
        RetentionPointSet.number,
        BackendRefused.number,
        TaskQueued.number,
        TaskSuspended.number,
        RetryScheduled.number,
        TaskSucceeded.number,
        TaskFailed.number,
        TaskCancelled.number,
        TaskTimedOut.number,
        BrowserLaunchDecided.number,
        LaunchRetryScheduled.number,
        BrowserCloseDecided.number,
        BrowserRetired.number,
        BreakerOpened.number,
        BreakerHalfOpened.number,
        BreakerClosed.number,
        BrowserSuspected.number,
        SuspicionCleared.number,
        BrowserRecycleDecided.number,
        TaskGranted.number,
        RunAssigned.number,
        RunStopDecided.number,
        AllocationReleased.number,
        PrepareDecided.number,
        RecoveryBegan.number,
        RungStarted.number,
        RecoveryCommitted.number,
        RecoveryRolledBack.number,
        HealDecided.number,
        FailurePredicted.number,
        PredictionWithdrawn.number,
        PoolScaled.number,
        ModelBreakerOpened.number,
        ModelBreakerHalfOpened.number,
        ModelBreakerClosed.number,
    ]

    /// The schema's name of the type with a number; nil for a number that no type has.
    public static func name(ofNumber number: Int) -> String? {
        numbers.firstIndex(of: number).map { names[$0].description }
    }

    /// The number of the type with a name of the schema; nil for a name that no type has.
    public static func number(ofName name: String) -> Int? {
        names.firstIndex { $0.description == name }.map { numbers[$0] }
    }
}
