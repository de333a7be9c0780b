import Pool

/// Where a simulation stands in the sessions that it replays.
struct ReplayProgress: Sendable {
    let workload: RecordedWorkload
    /// The tasks that were submitted, by their places in the workload.
    private(set) var ids: [TaskID?]
    /// Tasks of the sessions so far that are not submitted yet.
    private(set) var unsubmitted = 0
    /// Acts of the present session that are still to come.
    var actsLeft = 0
    /// Browsers of the present session in the order of their first launches.
    private(set) var browsers: [BrowserID] = []
    /// Since when nothing is left to do in the present session; nil while something is.
    var doneSince: EventTime?
    /// The record ends in the midst of things, and so does its replay.
    var isCut = false
    /// Faults of idle browsers and of engines that struck, by kind.
    var struck = Counts()

    init(_ workload: RecordedWorkload) {
        self.workload = workload
        ids = Array(repeating: nil, count: workload.tasks.count)
    }

    func holdTasks(_ session: Int) -> Bool { workload.sessions[session].holdTasks }

    func policy(_ session: Int) -> PoolPolicy { workload.sessions[session].policy }

    func isLast(_ session: Int) -> Bool { session == workload.sessions.count - 1 }

    /// What follows once the engine of a session has stopped.
    func afterStop(_ session: Int) -> SimulatedEngine.Stopping {
        isLast(session) ? .finish : .restart(holdTasks: holdTasks(session + 1))
    }

    /// An engine has its policy: its session begins, whose acts are given.
    mutating func begin(_ session: Int) -> [RecordedSession.TimedAct] {
        doneSince = nil
        let acts = workload.sessions[session].acts
        actsLeft = acts.count
        unsubmitted += acts.count { if case .submit = $0.act { true } else { false } }
        return acts
    }

    /// A task of the workload is known to the pool by an id.
    mutating func note(_ task: TaskID, planned: Int) {
        if ids[planned] == nil { unsubmitted -= 1 }
        ids[planned] = task
    }

    /// An engine starts: those of the one before have lost their browsers.
    mutating func engineBegan() { browsers = [] }

    mutating func note(_ browser: BrowserID) {
        if !browsers.contains(browser) { browsers.append(browser) }
    }

    /// Whether the owner of a task is recorded to have asked something about it in a session or after it.
    func isAskedAbout(_ index: Int, from session: Int) -> Bool {
        workload.sessions[session...].contains { session in
            session.acts.contains { $0.act == .resume(index) || $0.act == .cancel(index) }
        }
    }
}
