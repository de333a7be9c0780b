import Pool
import PoolEngine

extension RecordedWorkload {
    /// Reads the outside facts of a whole log, also of one that is being written.
    ///
    /// - Throws: `RecordedWorkloadError`, and what reading the log throws.
    public init(reading source: some EventSource) throws {
        let base = try source.basePosition()
        guard base == 0 else { throw RecordedWorkloadError.beginsInArchive(base: base) }
        var reader = WorkloadReader()
        try source.forEachEvent(from: 1, through: source.durableHead()) { event, _ in reader.take(event) }
        self = reader.finish()
        if sessions.isEmpty { throw RecordedWorkloadError.noEngine }
        if tasks.isEmpty { throw RecordedWorkloadError.noTask }
    }
}

/// Takes the outside facts from events, in order.
struct WorkloadReader {
    /// A run that was assigned and has not ended.
    private struct RunUnderWay {
        var place: CoursePlace
        var browser: BrowserID
        var allocation: AllocationID
        var backend: Backend
        var nextItem: UInt64
        var lastReportAt: EventTime
        var hasStarted = false
    }

    /// A timer that is later is no matter of scheduling any more.
    private static let leastStallNs: UInt64 = 1_000_000_000

    private var workload = RecordedWorkload()
    private var indices: [TaskID: Int] = [:]
    /// The courses of tasks and of their copies.
    private var places: [TaskID: CoursePlace] = [:]
    /// How many copies of a task were made.
    private var copies: [TaskID: Int] = [:]
    private var suspended: Set<Int> = []
    private var runs: [ObligationID: RunUnderWay] = [:]
    /// Launches of the present session, by place; nil until they have ended.
    private var launches: [RecordedLaunch?] = []
    private var launching: [ObligationID: (place: Int, began: EventTime)] = [:]
    /// Browsers of the present session in the order of their first launches.
    private var browsers: [BrowserID: Int] = [:]
    private var heardAt: [BrowserID: EventTime] = [:]
    private var closes = AskedCourses()
    private var stops = AskedCourses()
    private var comparisons = AskedCourses()
    private var preparations: [Digest: AskedCourses] = [:]
    /// The models of preparations, and on which browser, that have not ended.
    private var preparing: [ObligationID: (model: Digest, browser: BrowserID)] = [:]
    private var rungs: [HealedBy: AskedCourses] = [:]
    /// What rungs were taken for, and on which browser, that have not ended.
    private var healing: [ObligationID: (by: HealedBy, browser: BrowserID)] = [:]
    private var beganAt: EventTime?
    private var lastAt = EventTime.zero
    /// When the last event was recorded before those of `lastAt`.
    private var quietSince = EventTime.zero
    /// When owners were last heard of, or a task last ended, in the present session.
    private var lastBusyAt = EventTime.zero
    private var stop: RecordedSession.End?

    mutating func take(_ event: Event) {
        if case .engineStarted(let started) = event.payload { begin(started, at: event.at) }
        guard !workload.sessions.isEmpty else { return }
        if event.at > lastAt { (quietSince, lastAt) = (lastAt, event.at) }
        if case .timerFired(let fired) = event.payload { noteStall(fired) }
        workload.position = event.sequence
        takeOwners(event)
        takeProcesses(event)
        takeRuns(event)
        takeComparisons(event)
    }

    consuming func finish() -> RecordedWorkload {
        endSession(isLast: true)
        workload.closes = closes.known
        workload.stops = stops.known
        workload.comparisons = comparisons.known
        workload.preparations = preparations.mapValues(\.known)
        workload.rungs = rungs.mapValues(\.known)
        return workload
    }

    // MARK: Sessions

    private var session: Int { workload.sessions.count - 1 }

    private func elapsed(_ time: EventTime) -> UInt64 { beganAt.map { time.nanoseconds(since: $0) } ?? 0 }

    private mutating func begin(_ started: EngineStarted, at time: EventTime) {
        endSession(isLast: false)
        if !workload.sessions.isEmpty { workload.sessions[session].pauseNs = time.nanoseconds(since: lastAt) }
        workload.isSimulated = workload.isSimulated || started.simulated
        // An engine that ends before it is configured has the policy of the one before.
        let policy = workload.sessions.last?.policy ?? PoolPolicy()
        workload.sessions.append(RecordedSession(policy: policy, holdTasks: started.holdTasks))
        (beganAt, stop, lastBusyAt) = (nil, nil, time)
        (launches, launching, browsers, heardAt) = ([], [:], [:], [:])
        (runs, preparing, healing) = ([:], [:], [:])
        closes.forget()
        stops.forget()
    }

    private mutating func endSession(isLast: Bool) {
        guard !workload.sessions.isEmpty else { return }
        let now = elapsed(lastAt)
        workload.sessions[session].end = stop ?? (isLast ? .cut(atNs: now) : .crashes(atNs: now))
        workload.sessions[session].durationNs = now
        for (place, began) in launching.values {
            let course = Course(afterNs: lastAt.nanoseconds(since: began))
            launches[place] = RecordedLaunch(course: course, isCutShort: true)
        }
        workload.sessions[session].launches = launches.compactMap { $0 }
        for run in runs.sorted(by: { $0.key < $1.key }) { strike(run.value, .cutShort, at: lastAt) }
        comparisons.cutShort(at: lastAt)
        cutPreparationsShort(on: nil, at: lastAt)
    }

    /// A timer that fires late, after a while without an event: the engine did not get to it.
    private mutating func noteStall(_ fired: TimerFired) {
        guard beganAt != nil, lastAt.nanoseconds(since: fired.dueAt) >= Self.leastStallNs,
            lastAt.nanoseconds(since: quietSince) >= Self.leastStallNs
        else { return }
        add(.stalls(ns: lastAt.nanoseconds(since: quietSince)), at: quietSince)
        quietSince = lastAt
    }

    /// Puts in an act behind those that are no later.
    private mutating func add(_ act: RecordedSession.Act, at time: EventTime) {
        let atNs = elapsed(time)
        let place = workload.sessions[session].acts.lastIndex { $0.atNs <= atNs }.map { $0 + 1 } ?? 0
        workload.sessions[session].acts.insert(.init(atNs: atNs, act: act), at: place)
    }

    // MARK: Owners

    private mutating func takeOwners(_ event: Event) {
        switch event.payload {
        case .poolConfigured(let configured):
            if beganAt == nil {
                beganAt = event.at
                workload.sessions[session].policy = configured.policy.completed
            } else {
                add(.configure(configured.policy.completed), at: event.at)
            }
        case .engineStopRequested:
            let isDone = workload.tasks.indices.allSatisfy {
                workload.tasks[$0].hasEnded || suspended.contains($0)
            }
            stop =
                isDone
                ? .whenDone(afterNs: event.at.nanoseconds(since: lastBusyAt))
                : .stops(atNs: elapsed(event.at))
        case .taskSubmitted(let submitted):
            indices[TaskID(event.sequence)] = workload.tasks.count
            places[TaskID(event.sequence)] = CoursePlace(task: workload.tasks.count, course: 0)
            add(.submit(workload.tasks.count), at: event.at)
            workload.tasks.append(RecordedTask(spec: submitted.spec))
            lastBusyAt = event.at
        case .taskCopied(let copied):
            guard let index = indices[copied.leader] else { return }
            let course = copies[copied.leader, default: 0]
            copies[copied.leader] = course + 1
            places[TaskID(event.sequence)] = CoursePlace(task: index, course: course)
            if course > 0 { workload.tasks[index].courses.append(RecordedCourse()) }
        case .taskCancelRequested(let requested): ask(requested.task, event.at) { .cancel($0) }
        case .taskResumeRequested(let requested):
            ask(requested.task, event.at) { .resume($0) }
            if let index = indices[requested.task] { suspended.remove(index) }
        case .taskSuspended(let task): if let index = indices[task.task] { suspended.insert(index) }
        case .taskQueued(let task): if let index = indices[task.task] { suspended.remove(index) }
        case .taskSucceeded(let ended): end(ended.task, event.at)
        case .taskFailed(let ended): end(ended.task, event.at)
        case .taskCancelled(let ended): end(ended.task, event.at)
        case .taskTimedOut(let ended): end(ended.task, event.at)
        default: break
        }
    }

    private mutating func ask(_ task: TaskID, _ time: EventTime, _ act: (Int) -> RecordedSession.Act) {
        guard let index = indices[task] else { return }
        add(act(index), at: time)
        lastBusyAt = time
    }

    private mutating func end(_ task: TaskID, _ time: EventTime) {
        guard let index = indices[task] else { return }
        workload.tasks[index].hasEnded = true
        suspended.remove(index)
        lastBusyAt = time
    }

    // MARK: Processes

    private mutating func takeProcesses(_ event: Event) {
        let (obligation, now) = (ObligationID(event.sequence), event.at)
        switch event.payload {
        case .browserLaunchDecided(let decided):
            if decided.browser == nil { browsers[BrowserID(event.sequence)] = browsers.count }
            launching[obligation] = (launches.count, now)
            launches.append(nil)
        case .browserLaunched(let launched):
            heardAt[launched.browser] = now
            endLaunch(launched.obligation) { ns in
                RecordedLaunch(
                    course: Course(afterNs: ns), facts: launched.facts.modelled, launchMs: launched.launchMs)
            }
        case .browserLaunchFailed(let failed):
            endLaunch(failed.obligation) { ns in
                RecordedLaunch(course: Course(fault: .launchFails(failed.evidence), afterNs: ns))
            }
        case .browserHeartbeat(let beat):
            heardAt[beat.browser] = now
            workload.heartbeats.append(
                HeartbeatSigns(
                    answerMs: beat.answerMs, canaryMs: beat.canaryMs, memoryBytes: beat.memoryBytes))
        case .browserFailed(let failed):
            strike(failed.browser, .browserFails(failed.evidence, processEnded: failed.processEnded), at: now)
            cutPreparationsShort(on: failed.browser, at: now)
        case .browserRetired(let retired): cutPreparationsShort(on: retired.browser, at: now)
        case .browserCloseDecided(let decided):
            closes.ask(obligation, at: now)
            switch decided.reason {
            case .launchTimedOut:
                endLaunch(ObligationID(decided.incarnation.sequence)) { _ in
                    RecordedLaunch(course: Course(fault: .launchHangs, afterNs: nil))
                }
            case .silent: fallSilent(decided.browser)
            default: break
            }
        case .browserClosed(let closed): closes.end(closed.obligation, at: now)
        case .healDecided(let decided):
            let by = HealedBy(evidence: decided.evidence, rung: decided.rung)
            healing[obligation] = (by, decided.browser)
            rungs[by, default: AskedCourses()].ask(obligation, at: now)
        case .rungEnded(let ended):
            heardAt[ended.browser] = now
            endRung(ended.obligation, ended.healed ? nil : .rungFails, at: now)
        case .timerFired(let fired): timedOut(fired)
        default: break
        }
    }

    private mutating func endLaunch(_ obligation: ObligationID, _ make: (UInt64) -> RecordedLaunch) {
        guard let (place, began) = launching.removeValue(forKey: obligation) else { return }
        launches[place] = make(lastAt.nanoseconds(since: began))
    }

    private mutating func endRung(_ obligation: ObligationID, _ fault: Fault?, at time: EventTime) {
        guard let by = healing.removeValue(forKey: obligation)?.by else { return }
        if fault == .rungHangs {
            rungs[by]?.hang(obligation, .rungHangs)
        } else {
            rungs[by]?.end(obligation, fault, at: time)
        }
    }

    private mutating func timedOut(_ fired: TimerFired) {
        let obligation = ObligationID(fired.subject)
        switch fired.kind {
        case .close: closes.hang(obligation, .closeHangs)
        case .stop: stops.hang(obligation, .stopHangs)
        case .compare: comparisons.hang(obligation, .comparisonHangs)
        case .heal: endRung(obligation, .rungHangs, at: lastAt)
        case .prepare:
            if let model = preparing.removeValue(forKey: obligation)?.model {
                preparations[model]?.hang(obligation, .prepareHangs)
            }
        default: break
        }
    }

    /// A browser fails: on the rung that is taken on it, under the run that it was first given, or while it is idle.
    private mutating func strike(_ browser: BrowserID, _ kind: RecordedFault.Kind, at time: EventTime) {
        if let rung = healing.filter({ $0.value.browser == browser }).map(\.key).max() {
            return endRung(rung, .browserDiesHealing, at: time)
        }
        let hit = runs.filter { $0.value.browser == browser }.min { $0.key < $1.key }
        guard let run = hit?.value else {
            guard let place = browsers[browser], let fault = kind.ofBrowser else { return }
            return add(.browserFails(place, fault), at: time)
        }
        strike(run, kind, at: time)
        for other in runs.sorted(by: { $0.key < $1.key }) where other.value.browser == browser {
            runs[other.key] = nil
            if other.value.allocation != run.allocation { strike(other.value, .cutShort, at: time) }
        }
    }

    private mutating func strike(_ run: RunUnderWay, _ kind: RecordedFault.Kind, at time: EventTime) {
        workload.tasks[run.place.task].courses[run.place.course].faults.append(
            RecordedFault(
                kind: kind, item: run.nextItem, hadStarted: run.hasStarted,
                afterNs: time.nanoseconds(since: run.lastReportAt), backend: run.backend))
    }

    /// A browser is given up that was last heard of some time ago: it fell silent just after.
    private mutating func fallSilent(_ browser: BrowserID) {
        let silentFrom = (heardAt[browser] ?? lastAt).adding(milliseconds: 1)
        strike(browser, .browserFallsSilent, at: silentFrom)
    }

    // MARK: Runs

    private mutating func takeRuns(_ event: Event) {
        let (obligation, now) = (ObligationID(event.sequence), event.at)
        switch event.payload {
        case .runAssigned(let assigned):
            guard let place = places[assigned.task] else { return }
            runs[obligation] = RunUnderWay(
                place: place, browser: assigned.browser, allocation: assigned.allocation,
                backend: assigned.backend, nextItem: assigned.firstItem, lastReportAt: now)
        case .runStarted(let started):
            report(started.obligation, now) { course, run, ns in
                let start = RunStart(afterNs: ns, loadMs: started.loadMs, compileMs: started.compileMs)
                course.starts.append(.init(isCold: started.cold, backend: run.backend, start: start))
                run.hasStarted = true
            }
        case .runProgressed(let progressed):
            report(progressed.obligation, now) { course, run, ns in
                run.nextItem = progressed.firstItem + progressed.itemCount
                course.batches.append(
                    .init(
                        items: progressed.firstItem..<run.nextItem, backend: run.backend, durationNs: ns,
                        runMs: progressed.runMs))
            }
        case .runCompleted(let completed):
            report(completed.obligation, now) { course, _, ns in course.completionNs = ns }
            runs[completed.obligation] = nil
        case .runFailed(let failed):
            guard let run = runs.removeValue(forKey: failed.obligation) else { return }
            strike(
                run, .runFails(failed.failure, refusal: failed.refusal, detail: failed.detail), at: now)
        case .allocationReleased(let released):
            guard let (obligation, run) = runs.first(where: { $0.value.allocation == released.allocation })
            else { return }
            runs[obligation] = nil
            switch released.reason {
            case .leaseExpired, .recoveryTimedOut: strike(run, .runHangs, at: run.lastReportAt)
            default: strike(run, .cutShort, at: now)
            }
        case .runStopDecided: stops.ask(obligation, at: now)
        case .runStopped(let stopped): stops.end(stopped.obligation, at: now)
        case .prepareDecided(let decided):
            guard let task = places[decided.task]?.task else { return }
            let model = workload.tasks[task].spec.modelDigest
            preparing[obligation] = (model, decided.browser)
            preparations[model, default: AskedCourses()].ask(obligation, at: now)
        case .modelPrepared(let prepared): endPreparation(prepared.obligation, nil, now)
        case .prepareFailed(let failed):
            endPreparation(failed.obligation, .prepareFails(failed.failure), now)
        default: break
        }
    }

    /// Preparations on a browser, or on all, have not ended and will not.
    private mutating func cutPreparationsShort(on browser: BrowserID?, at time: EventTime) {
        for (obligation, asked) in preparing where browser == nil || asked.browser == browser {
            preparations[asked.model]?.cutShort(obligation, at: time)
            preparing[obligation] = nil
        }
    }

    // MARK: Comparisons

    private mutating func takeComparisons(_ event: Event) {
        switch event.payload {
        case .comparisonDecided: comparisons.ask(ObligationID(event.sequence), at: event.at)
        case .outputsCompared(let compared):
            comparisons.end(compared.obligation, at: event.at)
        case .comparisonFailed(let failed):
            comparisons.end(failed.obligation, .comparisonFails, at: event.at)
        case .groupAgreed(let agreed):
            noteDeviations(of: [agreed.result] + agreed.outvoted.map(\.task), agreed.differences)
        case .groupDisagreed(let disagreed):
            noteDeviations(of: disagreed.votes, disagreed.differences)
        default: break
        }
    }

    /// Each copy gave what one before it gave, or something of its own.
    private mutating func noteDeviations(of votes: [TaskID], _ differences: [OutputDifference]) {
        var distinct: [TaskID] = []
        for vote in votes {
            let apart = distinct.map { other in
                differences.first {
                    $0.items > 0
                        && ($0.left == other && $0.right == vote || $0.left == vote && $0.right == other)
                }
            }
            let number = apart.firstIndex { $0 == nil } ?? distinct.count
            if number == distinct.count { distinct.append(vote) }
            guard number > 0, let item = apart[0]?.firstItem, let place = places[vote] else { continue }
            workload.tasks[place.task].courses[place.course].deviation = .init(
                item: item, offBy: UInt64(number))
        }
    }

    // MARK: Reports

    private mutating func report(
        _ obligation: ObligationID, _ time: EventTime,
        _ body: (inout RecordedCourse, inout RunUnderWay, UInt64) -> Void
    ) {
        guard var run = runs[obligation] else { return }
        heardAt[run.browser] = time
        let (place, ns) = (run.place, time.nanoseconds(since: run.lastReportAt))
        body(&workload.tasks[place.task].courses[place.course], &run, ns)
        run.lastReportAt = time
        runs[obligation] = run
    }

    private mutating func endPreparation(_ obligation: ObligationID, _ fault: Fault?, _ time: EventTime) {
        guard let model = preparing.removeValue(forKey: obligation)?.model else { return }
        preparations[model]?.end(obligation, fault, at: time)
    }
}

extension PoolPolicy {
    /// The policy with what one of an earlier decision revision lacks, as this one cannot be without it.
    fileprivate var completed: PoolPolicy {
        var policy = self
        if policy.rungDeadlineMs == 0 { policy.rungDeadlineMs = PoolPolicy().rungDeadlineMs }
        return policy
    }
}

extension RecordedFault.Kind {
    /// The same as what a browser does that runs nothing; nil for what only a run can do.
    fileprivate var ofBrowser: Fault? {
        switch self {
        case .browserFails(let evidence, let ended): .browserFails(evidence, processEnded: ended)
        case .browserFallsSilent: .browserFallsSilent
        case .cutShort, .runFails, .runHangs: nil
        }
    }
}

extension BrowserFacts {
    /// The facts of a browser that is only modelled after this one (EXEC-4).
    fileprivate var modelled: BrowserFacts {
        var facts = self
        facts.simulated = true
        if !facts.product.hasPrefix("Simulated/") { facts.product = "Simulated/1 after " + product }
        for index in facts.backends.indices { facts.backends[index].simulated = true }
        return facts
    }
}
