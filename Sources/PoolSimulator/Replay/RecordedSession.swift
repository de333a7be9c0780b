import Pool

/// What surrounded one engine, from its first configuration to its end.
public struct RecordedSession: Equatable, Sendable {
    /// How an engine came to its end.
    enum End: Equatable, Sendable {
        /// It was told to stop when no task was under way any more, so long after the last had ended or was submitted.
        case whenDone(afterNs: UInt64)
        /// It was told to stop amid its work.
        case stops(atNs: UInt64)
        /// It ended without having been told to.
        case crashes(atNs: UInt64)
        /// The log ends here.
        case cut(atNs: UInt64)
    }

    /// What came from outside at a time of its own.
    enum Act: Equatable, Sendable {
        /// A task, by its place among those of the workload, is submitted.
        case submit(Int)
        case cancel(Int)
        case resume(Int)
        /// The pool is configured again.
        case configure(PoolPolicy)
        /// A browser fails, or falls silent, that runs nothing; by its place among those of the session.
        case browserFails(Int, Fault)
        /// The engine takes nothing for so long.
        case stalls(ns: UInt64)
    }

    struct TimedAct: Equatable, Sendable {
        var atNs: UInt64
        var act: Act
    }

    /// The policy that the engine began with.
    public internal(set) var policy: PoolPolicy
    /// Whether unfinished tasks wait until their owners resume them.
    var holdTasks: Bool
    /// In the order of their times.
    var acts: [TimedAct] = []
    /// Launches in the order in which they were decided.
    var launches: [RecordedLaunch] = []
    var end = End.cut(atNs: 0)
    /// From the first configuration to the last event.
    var durationNs: UInt64 = 0
    /// From there to the next engine's start.
    var pauseNs: UInt64 = 0

    init(policy: PoolPolicy, holdTasks: Bool) {
        self.policy = policy
        self.holdTasks = holdTasks
    }
}

extension RecordedSession.Act {
    /// What goes wrong with it, if anything does.
    var fault: Fault? {
        switch self {
        case .submit, .cancel, .resume, .configure: nil
        case .browserFails(_, let fault): fault
        case .stalls(let ns): .engineStalls(ms: ns / 1_000_000)
        }
    }
}

/// How a launch ended.
struct RecordedLaunch: Equatable, Sendable {
    var course: Course
    /// What the browser said of itself; nil when it did not become usable.
    var facts: BrowserFacts?
    /// Time from spawn to usable, in milliseconds.
    var launchMs = 0.0
    /// The engine's end cut it short: it would have ended, in some way, but later than its course says.
    var isCutShort = false
}
