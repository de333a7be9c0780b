import Pool

extension EngineStarted {
    var sentence: String {
        let tasks = holdTasks ? "; unfinished tasks wait for their owners" : ""
        let article = simulated ? "a simulated" : "an"
        return "\(article) engine of version \(Wording.line(version)) started on \(Wording.line(host)), "
            + "with decision revision \(revision)\(tasks)"
    }
}

extension PoolConfigured {
    var sentence: String {
        "the pool was configured: at most \(Wording.count(policy.maxConnections, "browser")), recovery "
            + "\(Wording.words(policy.recoveryStrategy))"
            + (policy.enableFaultTolerance ? "" : ", fault tolerance off")
    }
}

extension EngineStopRequested {
    var sentence: String { "the engine was asked to stop (\(Wording.words(reason)))" }
}

extension TimerFired {
    var sentence: String {
        switch kind {
        case .lease: "the lease of allocation \(subject) ran out"
        case .recoveryTimeout: "recovery \(subject) took longer than its timeout"
        case .taskDeadline: "the deadline of task \(subject) passed"
        case .modelBreaker:
            "the time that a model was kept from a kind of browser was over (event \(subject))"
        case .scale: "the load of the pool was looked at"
        case .retry: "the backoff of task \(subject) was over"
        case .launch: "launch \(subject) took longer than its deadline"
        case .close: "close \(subject) took longer than its deadline"
        case .stop: "stop \(subject) took longer than its deadline"
        case .launchRetry: "the backoff of launches was over"
        case .idle: "browser \(subject) had been idle for the idle timeout"
        case .prepare: "preparation \(subject) took longer than its deadline"
        case .breaker: "the quarantine of browser \(subject) was over"
        case .heartbeat: "browser \(subject) was not heard of for as long as was waited"
        case .heal: "rung \(subject) took longer than its deadline"
        case .compare: "comparison \(subject) took longer than its deadline"
        }
    }
}

extension StateDigestRecorded {
    var sentence: String { "the engine recorded the digest of the state at event \(position)" }
}

extension ReportsRefused {
    var sentence: String {
        "\(Wording.count(count, "report")) changed nothing (\(Wording.words(refusal))); "
            + "the last named event \(lastSubject)"
    }
}

extension RetentionPointSet {
    var sentence: String { "the events up to \(position) were to leave the log for \(Wording.line(archive))" }
}
