import BrowserExecutor
import EventLog
import Foundation
import Pool
import PoolEngine
import Projections

/// One attempt to have a failure happen again: a pool of one browser, in a log of its own, runs what the plan says.
struct ReproductionAttempt {
    let source: FailureSource
    let plan: ReproductionPlan
    let surroundings: Surroundings
    /// Whether a browser that differs from the one that failed is taken all the same.
    let takesAnyBrowser: Bool
    /// Where its log is kept.
    let folder: String
    let interrupts: InterruptSignals

    private var slice: FailureSlice { source.slice }

    /// Longest time of an attempt beyond that of its launch: a hang has been seen by then.
    static let patience: Duration = .seconds(120)

    /// Runs it.
    ///
    /// - Throws: `ExitStatus.interrupted` when the person interrupts.
    func run() async throws -> Outcome {
        let log = try LogLocation(folder: folder).openForWriting()
        defer { log.close() }
        let store = LogEventStore(log)
        let browsers = BrowserExecutor(configuration) { [source] payload in
            if let bytes = source.bytes(of: payload) { return bytes }
            return try payload.bytes(in: store)
        }
        let executor = SlicedExecutor(browsers, beginnings: beginnings)
        let engine = try PoolEngine(store: store, executor: executor)
        let began = ContinuousClock.now
        do {
            try await engine.start(
                identity: EngineIdentity(
                    version: Weir.version, host: ProcessInfo.processInfo.hostName,
                    pid: UInt32(ProcessInfo.processInfo.processIdentifier), simulated: false),
                policy: policy, holdTasks: true)
            var outcome = try await watch(engine)
            outcome.took = ContinuousClock.now - began
            try await engine.stop(.finished)
            await executor.abandon()
            return outcome
        } catch {
            try? await engine.stop(.interrupted)
            await executor.abandon()
            throw error
        }
    }

    // MARK: What is set up

    private var configuration: BrowserExecutor.Configuration {
        var configuration = BrowserExecutor.Configuration(
            installations: [surroundings.installation], launchOptions: surroundings.launchOptions)
        ChaosLimits.set(in: &configuration, for: plan.faults.map(\.fault))
        return configuration
    }

    /// The recorded policy, with one browser that is there from the beginning and stays.
    private var policy: PoolPolicy {
        var policy = slice.policy
        (policy.maxConnections, policy.warmBrowsers, policy.redundancyFactor) = (1, 1, 1)
        policy.adaptiveScaling = false
        // A run that had failed before is not tried again.
        policy.retry.budget = 1
        (policy.recycleAfterTasks, policy.recycleAfterMs) = (0, 0)
        policy.prediction = nil
        policy.idleTimeoutMs = PoolPolicy().idleTimeoutMs
        return policy
    }

    private func affinity(_ run: ReproductionPlan.Run) -> String { "run \(run.index + 1)" }

    private var beginnings: [String: SlicedExecutor.Beginning] {
        Dictionary(
            uniqueKeysWithValues: plan.runs.map {
                (affinity($0), .init(item: $0.items.lowerBound, checkpoint: $0.checkpoint))
            })
    }

    /// The task that a run is submitted as: what was asked then, of these items and on this backend alone.
    private func spec(_ run: ReproductionPlan.Run) -> TaskSpec {
        let recorded = slice.runs[run.index]
        var spec = recorded.spec
        spec.itemsTotal = UInt64(run.items.count)
        (spec.backends, spec.strictBackend) = ([recorded.backend], true)
        (spec.deadlineMs, spec.redundancy, spec.affinity) = (0, 0, affinity(run))
        return spec
    }

    // MARK: What happens

    private enum Sign: Sendable {
        case event(Event)
        case interrupt
        case timeIsUp
        case engineEnded
    }

    /// Where an attempt stands.
    private struct Standing {
        var tasks: [TaskID: ReproductionPlan.Run] = [:]
        var obligations: [ObligationID: ReproductionPlan.Run] = [:]
        var waiting: ArraySlice<ReproductionPlan.Run>
        var faults: [SlicedFault]
        var progress: [Int: UInt64] = [:]
        var started: Set<Int> = []
        var ended: Set<Int> = []
        var browser: BrowserID?
    }

    private func watch(_ engine: PoolEngine) async throws -> Outcome {
        var history = ProcessHistory(continuing: await engine.state)
        let events = await engine.events()
        var standing = Standing(waiting: plan.runs[...], faults: plan.faults)
        let (signs, continuation) = AsyncStream<Sign>.makeStream()
        let followers = [
            Task {
                for await event in events { continuation.yield(.event(event)) }
                continuation.yield(.engineEnded)
            },
            Task { [interrupts] in for await _ in interrupts.stream { continuation.yield(.interrupt) } },
            Task {
                guard (try? await Task.sleep(for: Self.patience)) != nil else { return }
                continuation.yield(.timeIsUp)
            },
        ]
        defer { for follower in followers { follower.cancel() } }
        // What is ready from the start is not told any more.
        if let ready = await engine.state.browsers.entities.first(where: \.isUsable) {
            standing.browser = ready.id
            try await submitNext(&standing, engine)
        }
        for await sign in signs {
            switch sign {
            case .event(let event):
                let slice = try? history.slice(of: event)
                history.apply(event)
                if let outcome = judge(slice, standing) { return outcome }
                if let outcome = try await take(event, &standing, engine) { return outcome }
            case .interrupt: throw ExitStatus.interrupted
            case .timeIsUp:
                return Outcome(verdict: .nothing, detail: "nothing failed within \(Self.patience)")
            case .engineEnded: throw await engine.failure ?? EngineError.stopped
            }
        }
        throw ExitStatus.interrupted
    }

    /// What a failure comes to; nil for none, and for one of a run that had ended before, which the recorded one had
    /// survived as well.
    private func judge(_ seen: FailureSlice?, _ standing: Standing) -> Outcome? {
        guard let seen else { return nil }
        let run = seen.failingRun.flatMap { standing.tasks[$0.task] }
        if let run, seen.failure.runFailure != nil, !slice.runs[run.index].isUnderWay { return nil }
        let item = run.flatMap { run in seen.failingRun.map { $0.nextItem + run.items.lowerBound } }
        let verdict: Outcome.Verdict
        if !seen.failure.isAlike(slice.failure) {
            verdict = .otherwise
        } else if isSamePlace(run, item) {
            verdict = .reproduced
        } else {
            verdict = .elsewhere
        }
        return Outcome(
            verdict: verdict, seen: seen.failure.name, item: item, detail: seen.failure.detail)
    }

    /// Whether a failure came in the same run at the same item: results are recorded in batches, and what is done on
    /// purpose shows a little later than it was done.
    private func isSamePlace(_ run: ReproductionPlan.Run?, _ item: UInt64?) -> Bool {
        guard let failing = slice.runs.firstIndex(where: \.failing) else { return run == nil }
        guard run?.index == failing, let item else { return false }
        if slice.isInjected(by: plan) { return true }
        let recorded = slice.runs[failing].nextItem
        let distance = max(item, recorded) - min(item, recorded)
        return distance < max(1, UInt64(slice.runs[failing].spec.batchItems))
    }

    private func take(
        _ event: Event, _ standing: inout Standing, _ engine: PoolEngine
    ) async throws -> Outcome? {
        switch event.payload {
        case .browserLaunched(let launched):
            standing.browser = launched.browser
            let differences = slice.facts.map { Surroundings.differences(of: launched.facts, from: $0) } ?? []
            if !differences.isEmpty, !takesAnyBrowser {
                return Outcome(verdict: .otherSurroundings, differences: differences)
            }
            if slice.facts == nil { return Outcome(verdict: .nothing, detail: "the browser became usable") }
            try await submitNext(&standing, engine)
        case .runAssigned(let assigned):
            guard let run = standing.tasks[assigned.task] else { return nil }
            standing.obligations[ObligationID(event.sequence)] = run
            standing.progress[run.index] = run.items.lowerBound + assigned.firstItem
        case .runStarted(let started):
            guard let run = standing.obligations[started.obligation] else { return nil }
            standing.started.insert(run.index)
            let recorded = slice.runs[run.index].runtime
            if !recorded.isEmpty, recorded != started.runtime, !takesAnyBrowser {
                return Outcome(
                    verdict: .otherSurroundings,
                    differences: ["runtime: recorded with \(recorded), here it is \(started.runtime)"])
            }
        case .runProgressed(let progressed):
            guard let run = standing.obligations[progressed.obligation] else { return nil }
            standing.progress[run.index] =
                run.items.lowerBound + progressed.firstItem + progressed.itemCount
        case .taskSucceeded(let ended): try await end(ended.task, &standing, engine)
        case .taskFailed(let ended): try await end(ended.task, &standing, engine)
        default: return nil
        }
        try await injectWhatIsDue(&standing, engine)
        let isDone = standing.waiting.isEmpty && standing.ended.count == plan.runs.count
        // What strikes an idle browser is waited for.
        return isDone && !plan.runs.isEmpty && slice.failingRun != nil
            ? Outcome(verdict: .nothing, detail: "everything ran to its end") : nil
    }

    private func end(_ task: TaskID, _ standing: inout Standing, _ engine: PoolEngine) async throws {
        guard let run = standing.tasks[task] else { return }
        standing.ended.insert(run.index)
        try await submitNext(&standing, engine)
    }

    /// Submits the next run, once those before it have ended; what was under way at the failure goes together.
    private func submitNext(_ standing: inout Standing, _ engine: PoolEngine) async throws {
        while let next = standing.waiting.first, mayBegin(next, standing) {
            standing.waiting = standing.waiting.dropFirst()
            let spec = spec(next)
            standing.tasks[try await engine.submit(spec, blobs: source.blobs(of: spec.inputs))] = next
        }
    }

    private func mayBegin(_ run: ReproductionPlan.Run, _ standing: Standing) -> Bool {
        let running = standing.tasks.values.filter { !standing.ended.contains($0.index) }
        return running.allSatisfy { slice.runs[$0.index].isUnderWay && slice.runs[run.index].isUnderWay }
    }

    private func injectWhatIsDue(_ standing: inout Standing, _ engine: PoolEngine) async throws {
        guard let browser = standing.browser else { return }
        while let fault = standing.faults.first,
            plan.isDue(
                fault, progress: standing.progress, started: standing.started, ended: standing.ended),
            // What cannot be struck yet is tried again with what comes next.
            (try? await engine.inject(fault.fault, into: browser)) != nil
        {
            standing.faults.removeFirst()
        }
    }
}

/// What an attempt came to.
struct Outcome {
    enum Verdict: String {
        /// The same was seen, in the same run and at the same item.
        case reproduced
        /// The same was seen, elsewhere.
        case elsewhere
        /// Something else failed.
        case otherwise
        /// Nothing failed.
        case nothing
        /// The browser differs from the one that failed, so that nothing was run.
        case otherSurroundings
    }

    var verdict: Verdict
    /// The name of what was seen.
    var seen = ""
    /// The first item without a result, where a run failed.
    var item: UInt64?
    var detail = ""
    var differences: [String] = []
    var took: Duration = .zero
}
