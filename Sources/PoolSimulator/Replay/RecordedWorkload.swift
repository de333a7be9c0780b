import Pool

/// The outside facts of a log: what its owners asked, what its browsers did, and how long that took. Nothing in it was
/// decided by the pool, so that a simulation can replay it under another policy.
///
/// Times are nanoseconds. Those of a session are counted from its engine's first configuration.
public struct RecordedWorkload: Equatable, Sendable {
    /// What surrounded each engine, in order; at least one.
    public internal(set) var sessions: [RecordedSession] = []
    /// Every task, in the order of their submission.
    public internal(set) var tasks: [RecordedTask] = []
    /// Whether the engines of the log were simulated.
    public internal(set) var isSimulated = false
    /// Sequence number of the last event that was read.
    public internal(set) var position: UInt64 = 0
    /// Closes in the order in which they were decided.
    var closes: [AskedCourse] = []
    /// Stops of runs in the order in which they were decided.
    var stops: [AskedCourse] = []
    /// Comparisons of outputs in the order in which they were decided.
    var comparisons: [AskedCourse] = []
    /// Preparations by model, in the order in which they were decided.
    var preparations: [Digest: [AskedCourse]] = [:]
    /// Rungs by what they were taken for, in the order in which they were decided.
    var rungs: [HealedBy: [AskedCourse]] = [:]
    /// How long browsers took to give signs of life, in milliseconds, in order.
    var heartbeats: [HeartbeatSigns] = []

    init() {}

    /// Faults that struck, by kind.
    public var faults: Counts {
        var counts = Counts()
        for fault in tasks.flatMap(\.courses).flatMap(\.faults) {
            if let name = fault.kind.name { counts.add(name) }
        }
        for session in sessions {
            for timed in session.acts { if let fault = timed.act.fault { counts.add(fault.name) } }
            for launch in session.launches { if let fault = launch.course.fault { counts.add(fault.name) } }
        }
        return counts
    }

    /// Time that all sessions took, with the pauses between them, in nanoseconds.
    public var durationNs: UInt64 { sessions.reduce(0) { $0 + $1.durationNs + $1.pauseNs } }

    /// How late a timer of the recorded engines may have fired, in nanoseconds.
    var latestTimerNs: UInt64 {
        sessions.flatMap(\.acts).reduce(0) { latest, timed in
            if case .stalls(let ns) = timed.act { max(latest, ns) } else { latest }
        }
    }

    /// Whether every task came to an end, and the last engine stopped by itself: then a replay can, too.
    public var isComplete: Bool {
        guard case .whenDone? = sessions.last?.end else { return false }
        return tasks.allSatisfy(\.hasEnded)
    }

    /// The same facts under other policies: each that is recorded is replaced by what `change` makes of it.
    public func under<Failure>(
        _ change: (PoolPolicy) throws(Failure) -> PoolPolicy
    ) throws(Failure) -> RecordedWorkload {
        var changed = self
        for index in changed.sessions.indices {
            changed.sessions[index].policy = try change(sessions[index].policy)
            for act in sessions[index].acts.indices {
                guard case .configure(let policy) = sessions[index].acts[act].act else { continue }
                changed.sessions[index].acts[act].act = .configure(try change(policy))
            }
        }
        return changed
    }
}

/// A rung, and what was seen of the browser that it is taken on.
struct HealedBy: Hashable, Sendable {
    var evidence: Evidence
    var rung: Rung
}
