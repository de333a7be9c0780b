import Pool
import PoolEngine

/// Browsers that do what was recorded of them: to the same task at the same item, to the same launch of the session.
///
/// Where the pool asks for something that was never recorded, because another policy decided otherwise, it is drawn
/// from what was recorded of the same kind, faults aside; and where there is none of that, it is assumed.
struct RecordedBehaviour: BrowserBehaviour {
    /// Where a task, or a copy of one, stands in its record.
    private struct Cursor {
        /// Starts that were taken, cold and warm.
        var coldStarts = 0
        var warmStarts = 0
        /// Which of its faults have struck.
        var struck: [Bool]
    }

    private let workload: RecordedWorkload
    private var random: SplitMix64
    private var counts = ReplayCounts()
    /// The courses of tasks and of their copies.
    private var places: [TaskID: CoursePlace] = [:]
    /// How many copies of a task were made.
    private var copies: [TaskID: Int] = [:]
    private var cursors: [CoursePlace: Cursor] = [:]
    /// Faults of their tasks that strike runs instead of their next report.
    private var striking: [ObligationID: Int] = [:]
    /// Time in the page of the batches that runs are about, in milliseconds.
    private var underWayMs: [ObligationID: Double] = [:]
    private var session = 0
    private var launches: [Recollection<RecordedLaunch>]
    private var launching: [ObligationID: RecordedLaunch] = [:]
    private let anyLaunch: Recollection<RecordedLaunch>
    private var closes: Recollection<AskedCourse>
    private var stops: Recollection<AskedCourse>
    private var comparisons: Recollection<AskedCourse>
    private var preparations: [Digest: Recollection<AskedCourse>]
    private var rungs: [HealedBy: Recollection<AskedCourse>]
    private var heartbeats: Recollection<HeartbeatSigns>
    private var coldStarts = ByModel<RunStart>()
    private var warmStarts = ByModel<RunStart>()
    private var batches = ByModel<RecordedCourse.Batch>()
    private var completionsNs = ByModel<UInt64>()

    init(_ workload: RecordedWorkload, random: SplitMix64) {
        self.workload = workload
        self.random = random
        func goesWell(_ asked: AskedCourse) -> Bool { asked.course.fault == nil && !asked.isCutShort }
        func becomesUsable(_ launch: RecordedLaunch) -> Bool { launch.facts != nil }
        launches = workload.sessions.map { Recollection($0.launches, drawing: becomesUsable) }
        anyLaunch = Recollection(workload.sessions.flatMap(\.launches), drawing: becomesUsable)
        closes = Recollection(workload.closes, drawing: goesWell)
        stops = Recollection(workload.stops, drawing: goesWell)
        comparisons = Recollection(workload.comparisons, drawing: goesWell)
        preparations = workload.preparations.mapValues { Recollection($0, drawing: goesWell) }
        rungs = workload.rungs.mapValues { Recollection($0) }
        heartbeats = Recollection(workload.heartbeats)
        for task in workload.tasks {
            let model = task.spec.modelDigest
            for course in task.courses { draw(on: course, of: model) }
        }
    }

    /// Lets what is not recorded of other tasks with this model be drawn from a course.
    private mutating func draw(on course: RecordedCourse, of model: Digest) {
        for start in course.starts {
            if start.isCold {
                coldStarts.add(start.start, model: model, backend: start.backend)
            } else {
                warmStarts.add(start.start, model: model, backend: start.backend)
            }
        }
        for batch in course.batches { batches.add(batch, model: model, backend: batch.backend) }
        guard let completionNs = course.completionNs, let backend = course.batches.last?.backend else {
            return
        }
        completionsNs.add(completionNs, model: model, backend: backend)
    }

    var replayed: ReplayCounts? { counts }

    mutating func engineBegan(_ number: Int) {
        session = min(number, launches.count - 1)
        (striking, launching, underWayMs) = ([:], [:], [:])
    }

    mutating func submitted(_ task: TaskID, planned: Int) {
        (places[task], copies[task]) = (CoursePlace(task: planned, course: 0), 0)
    }

    mutating func copied(_ copy: TaskID, of task: TaskID) {
        let course = copies[task, default: 0]
        copies[task] = course + 1
        places[copy] = CoursePlace(task: place(of: task).task, course: course)
    }

    // MARK: Processes

    mutating func launch(_ launch: Effect.Launch, faults: inout FaultSource, at now: EventTime) -> Course {
        var recorded: RecordedLaunch
        let taken = launches[session].take(&random)
        if let taken, !taken.value.isCutShort {
            recorded = taken.value
            counts.count("launches", taken.origin)
        } else {
            let drawn = anyLaunch.draw(&random)
            counts.count("launches", drawn == nil ? .assumed : .resampled)
            recorded = drawn ?? RecordedLaunch(course: Course(afterNs: Assumption.launchNs))
            if let least = taken?.value.course.afterNs {
                recorded.course.afterNs = max(recorded.course.afterNs ?? 0, least + 1)
            }
        }
        if let fault = recorded.course.fault { counts.struck.add(fault.name) }
        launching[launch.obligation] = recorded
        return recorded.course
    }

    mutating func launched(
        _ launch: Effect.Launch, faults: inout FaultSource, at now: EventTime
    ) -> Launched {
        let recorded = launching.removeValue(forKey: launch.obligation)
        return Launched(facts: recorded?.facts, launchMs: recorded?.launchMs ?? 0)
    }

    mutating func close(_ close: Effect.Close, faults: inout FaultSource, at now: EventTime) -> Course {
        course("closes", closes.take(&random)) ?? Course(afterNs: Assumption.closeNs)
    }

    mutating func stop(_ stop: Effect.Stop, faults: inout FaultSource, at now: EventTime) -> Course {
        course("stops", stops.take(&random)) ?? Course(afterNs: Assumption.stopNs)
    }

    mutating func prepare(
        _ prepare: Effect.Prepare, faults: inout FaultSource, at now: EventTime
    ) -> Course {
        let model = prepare.spec.modelDigest
        let taken = preparations[model]?.take(&random)
        if let course = course("preparations", taken, drawing: preparations[model]) { return course }
        let start = coldStarts.draw(model: model, backend: prepare.backend, &random)
        return later(Course(afterNs: start?.afterNs ?? Assumption.coldStartNs), than: taken?.value)
    }

    mutating func heal(_ heal: Effect.Heal, faults: inout FaultSource, at now: EventTime) -> Course {
        let by = HealedBy(evidence: heal.evidence, rung: heal.rung)
        return course("rungs", rungs[by]?.take(&random))
            ?? Course(fault: .rungFails, afterNs: Assumption.rungNs)
    }

    mutating func compare(
        _ compare: Effect.Compare, faults: inout FaultSource, at now: EventTime
    ) -> Course {
        let taken = comparisons.take(&random)
        return course("comparisons", taken, drawing: comparisons)
            ?? later(Course(afterNs: Assumption.comparisonNs), than: taken?.value)
    }

    mutating func heartbeatAfterNs(everyMs: UInt64) -> UInt64 { everyMs * 1_000_000 }

    mutating func heartbeat(faults: inout FaultSource, at now: EventTime) -> HeartbeatSigns? {
        heartbeats.take(&random)?.value ?? Assumption.heartbeat
    }

    // MARK: Runs

    mutating func start(of run: Effect.Run, isCold: Bool) -> RunStart {
        let place = place(of: run.task)
        switch next(of: place, in: run, at: run.items.lowerBound, hasStarted: false) {
        case .struck(let afterNs): return RunStart(afterNs: afterNs, loadMs: 0, compileMs: 0)
        case .atLeast(let leastNs):
            var start = undisturbedStart(of: place, in: run, isCold: isCold)
            start.afterNs = max(start.afterNs, leastNs)
            return start
        }
    }

    func offBy(of run: Effect.Run) -> UInt64 {
        guard let deviation = workload.course(at: place(of: run.task)).deviation,
            run.items.contains(deviation.item)
        else { return 0 }
        return deviation.offBy
    }

    mutating func turn(
        of run: Effect.Run, before item: UInt64?, faults: inout FaultSource, at now: EventTime
    ) -> RunTurn {
        let place = place(of: run.task)
        if let fault = strike(run, of: place) { return .struck(fault) }
        let runMs = underWayMs.removeValue(forKey: run.obligation) ?? 0
        guard let item else { return .reports(runMs: 0, next: RunStep(items: 0, afterNs: 0)) }
        switch next(of: place, in: run, at: item, hasStarted: true) {
        case .struck(let afterNs):
            let step = RunStep(items: run.items.upperBound - item, afterNs: afterNs)
            return .reports(runMs: runMs, next: step)
        case .atLeast(let leastNs):
            var step = undisturbedStep(of: place, in: run, from: item)
            step.afterNs = max(step.afterNs, leastNs)
            return .reports(runMs: runMs, next: step)
        }
    }

    private func place(of task: TaskID) -> CoursePlace {
        guard let place = places[task] else { preconditionFailure("task \(task) was never planned") }
        return place
    }

    private func cursor(at place: CoursePlace) -> Cursor {
        cursors[place]
            ?? Cursor(struck: Array(repeating: false, count: workload.course(at: place).faults.count))
    }

    private mutating func undisturbedStart(of place: CoursePlace, in run: Effect.Run, isCold: Bool)
        -> RunStart
    {
        var cursor = cursor(at: place)
        let taken = isCold ? cursor.coldStarts : cursor.warmStarts
        let own = workload.course(at: place).starts.lazy.filter {
            $0.isCold == isCold && $0.backend == run.backend
        }.dropFirst(taken).first
        if let own {
            if isCold { cursor.coldStarts += 1 } else { cursor.warmStarts += 1 }
            cursors[place] = cursor
            counts.count("starts", .recorded)
            return own.start
        }
        let (like, unlike) = isCold ? (coldStarts, warmStarts) : (warmStarts, coldStarts)
        let model = run.spec.modelDigest
        let drawn =
            like.draw(model: model, backend: run.backend, &random)
            ?? unlike.draw(model: model, backend: run.backend, &random)
        counts.count("starts", drawn == nil ? .assumed : .resampled)
        let assumedNs = isCold ? Assumption.coldStartNs : Assumption.warmStartNs
        return drawn ?? RunStart(afterNs: assumedNs, loadMs: 0, compileMs: 0)
    }

    private mutating func undisturbedStep(of place: CoursePlace, in run: Effect.Run, from item: UInt64)
        -> RunStep
    {
        let left = run.items.upperBound - item
        guard left > 0 else { return RunStep(items: 0, afterNs: completionNs(of: place, in: run)) }
        let own = workload.course(at: place).batch(from: item, on: run.backend)
        let found = own ?? batches.draw(model: run.spec.modelDigest, backend: run.backend, &random)
        let batch = found ?? .assumed(for: run.spec, on: run.backend)
        let items = min(UInt64(batch.items.count), left)
        counts.count(
            "items", own != nil ? .recorded : found != nil ? .resampled : .assumed, times: Int(items))
        let part = batch.scaled(to: items, from: item)
        underWayMs[run.obligation] = part.runMs
        return RunStep(items: items, afterNs: part.durationNs)
    }

    private mutating func strike(_ run: Effect.Run, of place: CoursePlace) -> RunFault? {
        guard let fault = striking.removeValue(forKey: run.obligation) else { return nil }
        noteStruck(fault, of: place)
        let kind = workload.course(at: place).faults[fault].kind
        if let name = kind.name { counts.struck.add(name) }
        return switch kind {
        case .browserFails(let evidence, let ended):
            .browserFails(.browserFails(evidence, processEnded: ended))
        case .browserFallsSilent: .browserFallsSilent
        case .runFails(let failure, let refusal, let detail):
            .fails(failure, refusal: refusal, detail: detail)
        case .runHangs: .hangs
        case .cutShort: nil
        }
    }

    /// What is recorded of a run that is at an item, besides how long things take.
    private enum Next {
        /// A fault strikes after so long, instead of the run's next report.
        case struck(afterNs: UInt64)
        /// The next report was not made within less than this.
        case atLeast(ns: UInt64)
    }

    private mutating func next(
        of place: CoursePlace, in run: Effect.Run, at item: UInt64, hasStarted: Bool
    ) -> Next {
        let faults = workload.course(at: place).faults
        for number in faults.indices where !cursor(at: place).struck[number] {
            let fault = faults[number]
            if fault.isRefusal(byOtherThan: run.backend) { continue }
            guard fault.strikes(at: item, hasStarted: hasStarted) else { break }
            guard fault.kind == .cutShort else {
                striking[run.obligation] = number
                return .struck(afterNs: fault.afterNs)
            }
            noteStruck(number, of: place)
            if fault.item == item, fault.hadStarted == hasStarted { return .atLeast(ns: fault.afterNs + 1) }
        }
        return .atLeast(ns: 0)
    }

    private mutating func noteStruck(_ fault: Int, of place: CoursePlace) {
        var cursor = cursor(at: place)
        cursor.struck[fault] = true
        cursors[place] = cursor
    }

    private mutating func completionNs(of place: CoursePlace, in run: Effect.Run) -> UInt64 {
        if let own = workload.course(at: place).completionNs { return own }
        let drawn = completionsNs.draw(model: run.spec.modelDigest, backend: run.backend, &random)
        return drawn ?? Assumption.completionNs
    }

    /// The course that was recorded; of one that was cut short another one that lasts longer.
    private mutating func course(
        _ name: StaticString, _ taken: (value: AskedCourse, origin: Origin)?,
        drawing recollection: Recollection<AskedCourse>? = nil
    ) -> Course? {
        guard let taken, taken.value.isCutShort else {
            counts.count(name, taken?.origin ?? .assumed)
            return taken?.value.course
        }
        let drawn = recollection?.draw(&random)
        counts.count(name, drawn == nil ? .assumed : .resampled)
        return drawn.map { later($0.course, than: taken.value) }
    }

    /// A course that ends later than one that was cut short.
    private func later(_ course: Course, than asked: AskedCourse?) -> Course {
        guard let asked, asked.isCutShort, let least = asked.course.afterNs else { return course }
        return Course(fault: course.fault, afterNs: course.afterNs.map { max($0, least + 1) })
    }
}

extension RecordedCourse.Batch {
    /// A batch of a task of whose kind none was recorded.
    fileprivate static func assumed(for spec: TaskSpec, on backend: Backend) -> Self {
        Self(
            items: 0..<UInt64(max(spec.batchItems, 1)), backend: backend, durationNs: Assumption.batchNs,
            runMs: Double(Assumption.batchNs) / 1_000_000)
    }
}
