import Pool
import PoolEngine

/// Browsers and runs that exist in virtual time only. Every fact that they report says `simulated` (EXEC-4).
struct SimulatedExecutor: Sendable {
    private var browsers: [BrowserID: SimulatedBrowser] = [:]
    private var behaviour: any BrowserBehaviour
    private let host: SimulatedHost
    private var outputs = SimulatedOutputs()

    init(host: SimulatedHost, behaviour: any BrowserBehaviour) {
        self.host = host
        self.behaviour = behaviour
    }

    /// The usable browsers, in the order of their ids.
    var usable: [(id: BrowserID, incarnation: IncarnationID)] {
        browsers.filter(\.value.isUsable).sorted { $0.key < $1.key }.map { ($0.key, $0.value.incarnation) }
    }

    /// What was taken from a record, if anything is.
    var replayed: ReplayCounts? { behaviour.replayed }

    /// An engine begins, the n-th from 0.
    mutating func engineBegan(_ number: Int) { behaviour.engineBegan(number) }

    /// A planned task is known to the pool by an id.
    mutating func submitted(_ task: TaskID, planned: Int) { behaviour.submitted(task, planned: planned) }

    /// An event is durable: what it makes can run, and results that it records can be compared.
    mutating func recorded(_ event: Event) {
        outputs.record(event)
        if case .taskCopied(let copied) = event.payload {
            behaviour.copied(TaskID(event.sequence), of: copied.leader)
        }
    }

    /// The engine that owns the processes ended, and they end with it (EXEC-2).
    mutating func end() -> [ExecutorAct] {
        let pids = browsers.values.map(\.pid).sorted()
        browsers = [:]
        return pids.map { .processEnded(pid: $0) }
    }

    /// Begins an effect.
    mutating func perform(_ effect: Effect, faults: inout FaultSource, at now: EventTime) -> ExecutorOutput {
        var output = ExecutorOutput()
        output.acts.append(.began(effect))
        switch effect {
        case .launch(let launch): begin(launch, &output, &faults, at: now)
        case .close(let close):
            // A process that ended too late for the close before needs no more time.
            let course =
                browsers[close.browser] == nil
                ? Course(afterMs: 1) : behaviour.close(close, faults: &faults, at: now)
            output.plan(.closeEnds(close), course)
        case .run(let run): begin(run, &output)
        case .stop(let stop):
            output.plan(.stopEnds(stop), behaviour.stop(stop, faults: &faults, at: now))
        case .prepare(let prepare):
            let course = behaviour.prepare(prepare, faults: &faults, at: now)
            output.plan(.prepareEnds(prepare, fault: course.fault), course)
        case .heal(let heal):
            browsers[heal.browser]?.rung = heal.obligation
            let course = behaviour.heal(heal, faults: &faults, at: now)
            output.plan(.rungEnds(heal, fault: course.fault), course)
        case .compare(let compare):
            let course = behaviour.compare(compare, faults: &faults, at: now)
            output.plan(.comparisonEnds(compare, fault: course.fault), course)
        }
        return output
    }

    /// Lets something happen that was planned.
    mutating func occur(
        _ occurrence: ExecutorOccurrence, faults: inout FaultSource, at now: EventTime
    ) -> ExecutorOutput {
        var output = ExecutorOutput()
        switch occurrence {
        case .launchEnds(let launch, let pid, let fault):
            endLaunch(launch, pid: pid, fault, &output, &faults, at: now)
        case .closeEnds(let close):
            let lost = browsers[close.browser]
            endProcess(close.browser, &output)
            let step = lost.map { $0.isUsable ? CloseStep.asked : .forced } ?? .alreadyEnded
            output.reports.append(
                Report(BrowserClosed(obligation: close.obligation, browser: close.browser, step: step)))
        case .runAdvances(let run): advance(run, &output, &faults, at: now)
        case .stopEnds(let stop):
            guard let browser = browsers[stop.browser], browser.isUsable, !browser.isSilent else { break }
            browsers[stop.browser]?.runs.removeAll { $0.obligation == stop.run }
            output.reports.append(Report(RunStopped(obligation: stop.obligation, browser: stop.browser)))
        case .prepareEnds(let prepare, let fault): end(prepare, fault, &output)
        case .rungEnds(let heal, let fault): end(heal, fault, &output)
        case .comparisonEnds(let compare, let fault):
            output.reports.append(fault == nil ? outputs.compared(compare) : outputs.notCompared(compare))
        case .heartbeat(let id, let incarnation, let everyMs):
            beat(id, incarnation, everyMs, &output, &faults, at: now)
        case .browserFails(let id, let incarnation, let fault):
            guard let browser = browsers[id], browser.incarnation == incarnation, browser.isUsable else {
                break
            }
            if case .browserFails = fault { faults.note(fault, of: id, at: now) }
            if fault == .browserFallsSilent { browsers[id]?.isSilent = true }
            fail(id, fault, &output)
        case .ailmentEnds(let id, let incarnation, let ailment):
            guard let browser = browsers[id], browser.incarnation == incarnation, browser.isUsable,
                browser.ailment == ailment
            else { break }
            browsers[id]?.ailment = nil
            switch ailment.end {
            case .passes: break
            case .fallsSilent: browsers[id]?.isSilent = true
            case .fails(let evidence):
                fail(id, .browserFails(evidence, processEnded: evidence == .processExited), &output)
            }
        }
        return output
    }

    // MARK: Processes

    private mutating func begin(
        _ launch: Effect.Launch, _ output: inout ExecutorOutput, _ faults: inout FaultSource,
        at now: EventTime
    ) {
        let pid = host.pid(of: launch.obligation)
        browsers[launch.browser] = SimulatedBrowser(incarnation: launch.incarnation, pid: pid)
        output.acts.append(.processStarted(pid: pid, launch.browser))
        let course = behaviour.launch(launch, faults: &faults, at: now)
        output.plan(.launchEnds(launch, pid: pid, fault: course.fault), course)
    }

    private mutating func endLaunch(
        _ launch: Effect.Launch, pid: UInt32, _ fault: Fault?, _ output: inout ExecutorOutput,
        _ faults: inout FaultSource, at now: EventTime
    ) {
        guard browsers[launch.browser]?.incarnation == launch.incarnation else { return }
        if case .launchFails(let evidence) = fault {
            endProcess(launch.browser, &output)
            output.reports.append(
                Report(
                    BrowserLaunchFailed(
                        obligation: launch.obligation, browser: launch.browser, evidence: evidence,
                        detail: "simulated: \(evidence.name)")))
            return
        }
        browsers[launch.browser]?.isUsable = true
        browsers[launch.browser]?.usableSince = now
        if case .browserSlow(let times) = fault { browsers[launch.browser]?.slowness = times }
        if case .browserWrong(let offBy) = fault { browsers[launch.browser]?.offBy = offBy }
        if case .browserAils(let ailment) = fault {
            browsers[launch.browser]?.ailment = ailment
            output.plan(
                .ailmentEnds(launch.browser, launch.incarnation, ailment),
                afterMs: ailment.endsAfterMs)
        }
        let launched = behaviour.launched(launch, faults: &faults, at: now)
        var facts = launched.facts ?? host.facts(pid: pid, hasAdapter: fault != .launchWithoutAdapter)
        facts.pid = pid
        output.reports.append(
            Report(
                BrowserLaunched(
                    obligation: launch.obligation, browser: launch.browser, facts: facts,
                    launchMs: launched.launchMs)))
        if launch.heartbeatIntervalMs > 0 {
            let everyMs = launch.heartbeatIntervalMs
            output.plan(.heartbeat(launch.browser, launch.incarnation, everyMs: everyMs), afterMs: everyMs)
        }
        if let (fault, afterNs) = launched.laterFault {
            output.later.append((.browserFails(launch.browser, launch.incarnation, fault), afterNs))
        }
    }

    private mutating func endProcess(_ id: BrowserID, _ output: inout ExecutorOutput) {
        guard let browser = browsers.removeValue(forKey: id) else { return }
        output.acts.append(.processEnded(pid: browser.pid))
    }

    /// A usable browser fails: its runs end without a word, and its process may go on.
    private mutating func fail(_ id: BrowserID, _ fault: Fault, _ output: inout ExecutorOutput) {
        guard let browser = browsers[id] else { return }
        let (evidence, processEnded): (Evidence, Bool)
        switch fault {
        case .browserFails(let seen, let ended), .browsersFail(let seen, let ended):
            (evidence, processEnded) = (seen, ended)
        default: return
        }
        browsers[id]?.isUsable = false
        browsers[id]?.runs = []
        browsers[id]?.ailment = nil
        if processEnded { endProcess(id, &output) }
        output.reports.append(
            Report(
                BrowserFailed(
                    browser: id, incarnation: browser.incarnation, evidence: evidence,
                    detail: "simulated: \(evidence.name)", processEnded: processEnded,
                    signal: evidence == .processExited ? 9 : 0)))
    }

    /// A browser gives a sign of life, unless it falls silent, and goes on as long as its process lives.
    private mutating func beat(
        _ id: BrowserID, _ incarnation: IncarnationID, _ everyMs: UInt64, _ output: inout ExecutorOutput,
        _ faults: inout FaultSource, at now: EventTime
    ) {
        guard let browser = browsers[id], browser.incarnation == incarnation else { return }
        let afterNs = behaviour.heartbeatAfterNs(everyMs: everyMs)
        output.later.append(
            (
                .heartbeat(id, incarnation, everyMs: everyMs),
                afterNs: afterNs / 1_000 * browser.severityMilli(.processStalls, at: now)
            ))
        guard browser.isUsable, !browser.isSilent else { return }
        guard let signs = behaviour.heartbeat(faults: &faults, at: now) else {
            browsers[id]?.isSilent = true
            return
        }
        func worsened(_ value: Double, by kind: Ailment.Kind) -> Double {
            value * Double(browser.severityMilli(kind, at: now)) / 1_000
        }
        output.reports.append(
            Report(
                BrowserHeartbeat(
                    browser: id, incarnation: incarnation,
                    answerMs: worsened(signs.answerMs, by: .processStalls),
                    canaryMs: worsened(signs.canaryMs, by: .gpuSlows),
                    memoryBytes: UInt64(worsened(Double(signs.memoryBytes), by: .memoryLeaks)))))
    }

    /// A rung ends, unless another has taken its place.
    private mutating func end(_ heal: Effect.Heal, _ fault: Fault?, _ output: inout ExecutorOutput) {
        guard let browser = browsers[heal.browser], browser.incarnation == heal.incarnation,
            browser.rung == heal.obligation, !browser.isUsable
        else { return }
        browsers[heal.browser]?.rung = nil
        if fault == .browserDiesHealing {
            endProcess(heal.browser, &output)
            let failed = BrowserFailed(
                browser: heal.browser, incarnation: heal.incarnation, evidence: .processExited,
                detail: "simulated: process_exited", processEnded: true, signal: 9)
            return output.reports.append(Report(failed))
        }
        let healed = fault == nil
        // Its page has been loaded anew, or another one opened, unless only its script was ended.
        if heal.rung != .endScript { browsers[heal.browser]?.models = [] }
        browsers[heal.browser]?.isUsable = healed
        output.reports.append(
            Report(
                RungEnded(
                    obligation: heal.obligation, browser: heal.browser, healed: healed, detail: "simulated",
                    backends: healed ? host.facts(pid: browser.pid, hasAdapter: true).backends : [])))
    }

    // MARK: Runs

    private mutating func end(
        _ prepare: Effect.Prepare, _ fault: Fault?, _ output: inout ExecutorOutput
    ) {
        guard let browser = browsers[prepare.browser], browser.incarnation == prepare.incarnation,
            browser.isUsable, !browser.isSilent
        else { return }
        if case .prepareFails(let failure) = fault {
            let failed = PrepareFailed(
                obligation: prepare.obligation, browser: prepare.browser, failure: failure,
                detail: "simulated")
            return output.reports.append(Report(failed))
        }
        browsers[prepare.browser]?.models.append(prepare.spec.modelDigest)
        output.reports.append(
            Report(
                ModelPrepared(
                    obligation: prepare.obligation, browser: prepare.browser, loadMs: 40, compileMs: 10)))
    }

    private mutating func begin(_ run: Effect.Run, _ output: inout ExecutorOutput) {
        guard let browser = browsers[run.browser], browser.incarnation == run.incarnation, browser.isUsable
        else {
            return
        }
        let offBy = browser.offBy > 0 ? browser.offBy : behaviour.offBy(of: run)
        outputs.began(run, offBy: offBy)
        if offBy > 0 { output.acts.append(.outputsWrong(run: run.obligation, by: offBy)) }
        let isCold = !browser.models.contains(run.spec.modelDigest)
        let start = behaviour.start(of: run, isCold: isCold)
        browsers[run.browser]?.runs.append(
            SimulatedRun(
                obligation: run.obligation, nextItem: run.items.lowerBound, isCold: isCold, start: start,
                offBy: offBy))
        output.later.append((.runAdvances(run), start.afterNs * browser.slowness))
    }

    private mutating func advance(
        _ run: Effect.Run, _ output: inout ExecutorOutput, _ faults: inout FaultSource, at now: EventTime
    ) {
        guard let browser = browsers[run.browser], browser.incarnation == run.incarnation, !browser.isSilent,
            let index = browser.runs.firstIndex(where: { $0.obligation == run.obligation })
        else { return }
        switch behaviour.turn(of: run, before: browser.runs[index].itemBehind, faults: &faults, at: now) {
        case .struck(.hangs): return
        case .struck(.browserFallsSilent): browsers[run.browser]?.isSilent = true
        case .struck(.fails(let failure, let refusal, let detail)):
            browsers[run.browser]?.runs.remove(at: index)
            output.reports.append(
                Report(
                    RunFailed(
                        obligation: run.obligation, allocation: run.allocation, failure: failure,
                        detail: detail, refusal: refusal)))
        case .struck(.browserFails(let fault)): fail(run.browser, fault, &output)
        case .reports(let runMs, let next):
            let host = host
            browsers[run.browser]?.report(
                index, of: run, runMs: runMs * Double(browser.slowness), next: next, onto: &output, host: host
            )
        }
    }
}

extension SimulatedBrowser {
    /// A run reports what it has done: it has started, ran a batch of its items, or is complete; and goes on.
    fileprivate mutating func report(
        _ index: Int, of run: Effect.Run, runMs: Double, next: RunStep, onto output: inout ExecutorOutput,
        host: SimulatedHost
    ) {
        let current = runs[index]
        if let step = current.step {
            guard step.items > 0 else {
                runs.remove(at: index)
                runsCompleted += 1
                output.reports.append(host.completed(run, isCold: current.isCold))
                return output.reports.append(host.sampled(run, runsCompleted: runsCompleted))
            }
            let items = current.nextItem..<current.nextItem + step.items
            runs[index].nextItem = items.upperBound
            output.acts.append(.itemsRan(run: run.obligation, task: run.task, items: items))
            output.reports.append(host.progressed(run, items: items, runMs: runMs, offBy: current.offBy))
        } else {
            if current.isCold { models.append(run.spec.modelDigest) }
            output.reports.append(host.started(run, current.start, isCold: current.isCold))
        }
        runs[index].step = next
        output.later.append((.runAdvances(run), next.afterNs * (next.items == 0 ? 1 : slowness)))
    }
}
