import ChromePipe
import Pool
import PoolEngine

/// One incarnation of a browser: its process, its pages, and what runs in them.
///
/// It reports a failure of the browser once; after that, and once it is being closed, it reports nothing of runs.
/// Orders are taken in the order in which they were given, and taking one never waits: a close is not held up by a
/// stop, nor the news of a death by either. What takes time goes on in a task of its own.
actor BrowserHost {
    nonisolated let browser: BrowserID
    nonisolated let incarnation: IncarnationID
    let surroundings: Surroundings
    let report: @Sendable (Report) -> Void
    private(set) var running: (any DrivenBrowser)?
    /// The pages by the runtime that each holds: the first from the launch on, the others once a run has named theirs.
    var pages: [String: RuntimePage] = [:]
    /// The runtime whose page was last given work.
    var workingRuntime: String?
    /// Pages that are being opened, so that runs of one runtime share its page.
    private var openings: [String: Task<RuntimePage, any Error>] = [:]
    var phase = Phase.launching
    private var subscription: EventSubscription?
    private var launch: Task<Void, Never>?
    /// Runs and preparations under way.
    var works: [ObligationID: Task<Void, Never>] = [:]
    /// Results of those runs that have not been reported yet.
    private var buffers: [ObligationID: ResultBuffer] = [:]
    var sampling: Task<Void, Never>?
    var beating: Task<Void, Never>?
    /// Looks at the memory that it uses.
    var watching: Task<Void, Never>?
    var canary = Canary()
    /// The rung under way.
    var healing: Task<Void, Never>?
    let meter = BrowserMeter()
    /// What went wrong with a browser that is not usable yet; its launch reports it.
    var faultAtLaunch: FailureEvidence?
    var isJudging = false
    /// It was found to answer nothing, so that it is not asked to leave.
    var isSilent = false
    /// Backends for which a stand-in answers in place of the browser's own.
    private var simulated: Set<Backend> = []
    /// The GPU process that the page's devices live in.
    var gpuProcess: Int32?
    private nonisolated let orders: AsyncStream<(BrowserHost, Order)>.Continuation

    enum Phase { case launching, usable, failed, healing, closing }

    enum Order: Sendable {
        case launch(Effect.Launch)
        case close(Effect.Close)
        case run(Effect.Run)
        case stop(Effect.Stop)
        case prepare(Effect.Prepare)
        case heal(Effect.Heal)
        case observed(BrowserSign)
    }

    /// What a host needs of its executor, which it does not keep alive: an executor that is let go of lets go of its
    /// browsers, and they end.
    struct Surroundings: Sendable {
        /// The browser that is started.
        var installation: BrowserInstallation
        var configuration: BrowserExecutor.Configuration
        var payloadBytes: @Sendable (Payload) throws -> [UInt8]
        /// Folders of kernels that were read before.
        var kernelModels: KernelModelCache
        /// The run whose model was loaded last, by browser.
        var lastRuns: LastRuns
        /// Told of every failure, for the suites.
        var casualties: SuiteCasualties
        /// Called when nothing is left of the browser.
        var ended: @Sendable (IncarnationID) -> Void
    }

    init(
        _ launch: Effect.Launch, surroundings: Surroundings, report: @escaping @Sendable (Report) -> Void
    ) {
        browser = launch.browser
        incarnation = launch.incarnation
        self.surroundings = surroundings
        self.report = report
        let (stream, continuation) = AsyncStream<(BrowserHost, Order)>.makeStream()
        orders = continuation
        // Each order holds its host, and the loop holds none: a host lives as long as it is wanted, and no order that
        // was given is ever lost.
        Task { for await (host, order) in stream { await host.take(order) } }
    }

    deinit { orders.finish() }

    /// Takes an order after those given before it.
    nonisolated func enqueue(_ order: Order) { orders.yield((self, order)) }

    private func take(_ order: Order) {
        switch order {
        case .launch(let effect):
            guard phase == .launching else { return }
            launch = Task { await self.open(effect) }
        case .run(let effect):
            guard phase == .usable else { return }
            works[effect.obligation] = Task { await self.execute(effect) }
        case .stop(let effect): stop(effect)
        case .close(let effect): close(effect)
        case .prepare(let effect):
            guard phase == .usable else { return }
            works[effect.obligation] = Task { await self.prepare(effect) }
        case .heal(let effect): heal(effect)
        case .observed(let event): observe(event)
        }
    }

    // MARK: Launch and close

    private func open(_ effect: Effect.Launch) async {
        let configuration = surroundings.configuration
        let started = ContinuousClock.now
        let end = started + configuration.launchDeadline
        do {
            let running = try await surroundings.installation.launch(
                configuration.launchOptions, deadline: configuration.launchDeadline)
            self.running = running
            // Before anything else, so that nothing that happens from here on is missed.
            subscription = running.onSign { [weak self] in self?.enqueue(.observed($0)) }
            let page = try await RuntimePage.open(
                in: running, runtime: configuration.runtime, script: configuration.pageScript,
                deadline: end - .now)
            pages[configuration.runtime] = page
            bringModelBack(in: running)
            let probe = try await page.probe(deadline: end - .now)
            gpuProcess =
                try await running.watchedProcesses(deadline: end - .now).first { $0.kind == .gpu }?.pid
            if let fault = running.death.map({ FailureEvidence($0) }) ?? faultAtLaunch { throw fault }
            guard phase == .launching else { return }
            phase = .usable
            let facts = BrowserFacts(running, probe)
            simulated = Set(facts.backends.filter(\.simulated).map(\.backend))
            report(
                Report(
                    BrowserLaunched(
                        obligation: effect.obligation, browser: browser, facts: facts,
                        launchMs: (ContinuousClock.now - started).milliseconds)))
            sample(every: .milliseconds(effect.metricsIntervalMs))
            watchMemory()
            if effect.heartbeatIntervalMs > 0 {
                beat(
                    every: .milliseconds(effect.heartbeatIntervalMs), measuringSigns: effect.measuresSigns)
            }
        } catch {
            // A browser that ended also ends whatever was asked of it: its own end is the cause.
            let seen = LaunchEvidence(running?.death.map { FailureEvidence($0) } as (any Error)? ?? error)
            let stderr = seen.stderr ?? running?.stderrTail ?? []
            subscription?.cancel()
            await running?.close()
            guard phase == .launching else { return }
            phase = .failed
            report(
                Report(
                    BrowserLaunchFailed(
                        obligation: effect.obligation, browser: browser, evidence: seen.evidence,
                        detail: seen.detail, stderrTail: stderr.kept)))
            surroundings.ended(incarnation)
        }
    }

    /// Answers every close, also a second one while the first goes on, when nothing is left of the browser.
    private func close(_ effect: Effect.Close) {
        if effect.reason == .failed {
            surroundings.casualties.browserFailed(incarnation, "the pool gave up a browser that hung")
        }
        if effect.reason == .silent { isSilent = true }
        // What ran last is wanted again only where a failure interrupted it.
        if effect.reason != .failed, effect.reason != .silent { surroundings.lastRuns.forget(browser) }
        letGo()
        Task {
            let teardown = await tearDown()
            let step: CloseStep =
                switch teardown?.step {
                case nil, .alreadyGone: .alreadyEnded
                case .browserClose, .pipeClosed: .asked
                case .killed, .killedWithGuardian: .forced
                }
            report(Report(BrowserClosed(obligation: effect.obligation, browser: browser, step: step)))
            surroundings.ended(incarnation)
        }
    }

    /// Ends everything without a report.
    func abandon() async {
        letGo()
        running?.kill()
        _ = await tearDown()
    }

    private func letGo() {
        phase = .closing
        subscription?.cancel()
        launch?.cancel()
        sampling?.cancel()
        beating?.cancel()
        watching?.cancel()
        canary.sending?.cancel()
        healing?.cancel()
        for work in works.values { work.cancel() }
    }

    func tearDown() async -> BrowserTeardown? {
        await launch?.value
        let teardown = isSilent ? await running?.close(grace: .zero) : await running?.close()
        for work in works.values { await work.value }
        await healing?.value
        return teardown
    }

    // MARK: Pages

    /// The page that every browser has from its launch on.
    var page: RuntimePage? { pages[surroundings.configuration.runtime] }

    /// The page of a runtime, if it is open.
    func page(of runtime: String) -> RuntimePage? { pages[runtime] }

    func isPage(_ target: TargetID) -> Bool {
        pages.values.contains { $0.session.target == target }
    }

    /// The page that holds a runtime, opened when a run first names it.
    private func page(for runtime: String, in running: any DrivenBrowser) async throws -> RuntimePage {
        if let page = pages[runtime] { return page }
        let deadline = surroundings.configuration.pageDeadline
        let script = surroundings.configuration.pageScript
        // In a task of its own: a run that is stopped meanwhile does not take the page from another.
        let opening =
            openings[runtime]
            ?? Task {
                try await RuntimePage.open(in: running, runtime: runtime, script: script, deadline: deadline)
            }
        openings[runtime] = opening
        defer { openings[runtime] = nil }
        let page = try await opening.value
        pages[runtime] = page
        return page
    }

    // MARK: Runs

    private func stop(_ effect: Effect.Stop) {
        let run = works[effect.run]
        run?.cancel()
        Task {
            await run?.value
            reportIfUsable(Report(RunStopped(obligation: effect.obligation, browser: browser)))
        }
    }

    private func execute(_ effect: Effect.Run) async {
        defer {
            works[effect.obligation] = nil
            buffers[effect.obligation] = nil
        }
        await attempt(effect.spec.runtime) { host, page, running in
            try await host.run(effect, in: page, of: running).perform(host.reporter(of: effect))
        } failed: { failure, detail, refusal in
            Report(
                RunFailed(
                    obligation: effect.obligation, allocation: effect.allocation, failure: failure,
                    detail: detail, refusal: refusal))
        }
    }

    private func prepare(_ effect: Effect.Prepare) async {
        defer { works[effect.obligation] = nil }
        await attempt(effect.spec.runtime) { host, page, running in
            let prepared = try await host.run(Effect.Run(preparing: effect), in: page, of: running).prepare()
            await host.reportIfUsable(
                Report(
                    ModelPrepared(
                        obligation: effect.obligation, browser: effect.browser, loadMs: prepared.loadMs,
                        compileMs: prepared.compileMs, fetchedBytes: prepared.fetchedBytes)))
        } failed: { failure, detail, _ in
            Report(
                PrepareFailed(
                    obligation: effect.obligation, browser: effect.browser, failure: failure, detail: detail))
        }
    }

    /// Works in the page of a runtime; what goes wrong is a failure of the browser, or else what `failed` reports.
    private func attempt(
        _ runtime: String, _ work: (BrowserHost, RuntimePage, any DrivenBrowser) async throws -> Void,
        failed: (RunFailure, String, BackendRefusal?) -> Report
    ) async {
        guard let running, let first = page else { return }
        var page = first
        do {
            page = try await self.page(for: runtime, in: running)
            workingRuntime = runtime
            try await work(self, page, running)
        } catch {
            guard !Task.isCancelled else { return }
            // In a task of its own: a stop that comes meanwhile does not make the browser's silence look like a hang,
            // and does not keep a hang from being reported.
            let patience = surroundings.configuration.probeDeadline
            let verdict = await Task { [page] in
                await RunVerdict(error, in: page, of: running, probeDeadline: patience)
            }
            .value
            switch verdict {
            case .browser(let failure): suspect(failure)
            case .run(let failure, let detail, let refusal):
                guard !Task.isCancelled else { return }
                reportIfUsable(failed(failure, detail, refusal))
            }
        }
    }

    private func run(
        _ effect: Effect.Run, in page: RuntimePage, of running: any DrivenBrowser
    ) throws -> any PageRun {
        try surroundings.run(effect, in: page, browser: running.product, meter: meter)
    }

    /// Brings the model that was loaded last into the page again, if that lost it with all that it held: what was
    /// interrupted then finds it there. Whether it succeeds, a run will tell.
    func bringModelBack(in running: any DrivenBrowser) {
        guard let lastRun = surroundings.lastRuns.take(browser), let page = pages[lastRun.spec.runtime],
            page.keepsModels
        else { return }
        Task {
            _ = try? await self.run(lastRun, in: page, of: running).prepare()
        }
    }

    private nonisolated func reporter(of run: Effect.Run) -> RunReporter {
        RunReporter(
            report: { await self.take($0, of: run) }, hold: { await self.hold($0, of: run.obligation) },
            record: { await self.record($0) })
    }

    private func hold(_ buffer: ResultBuffer, of run: ObligationID) { buffers[run] = buffer }

    private func record(_ buffer: ResultBuffer) {
        if let report = buffer.drain() { reportIfUsable(report) }
    }

    /// Reports the results that have come.
    func drainBuffers() {
        for (_, buffer) in buffers.sorted(by: { $0.key < $1.key }) { record(buffer) }
    }

    /// Reports what a run has to say, and measures by it.
    private func take(_ report: Report, of run: Effect.Run) async {
        switch report.observation {
        case .runStarted:
            surroundings.lastRuns.note(run)
            reportIfUsable(report)
        case .runCompleted(var completed):
            // A run on a stand-in is no real one (EXEC-4).
            if simulated.contains(completed.provenance.backend) { completed.provenance.simulated = true }
            reportIfUsable(Report(completed, blobs: report.blobs))
            await sampleAfterRun()
        default: reportIfUsable(report)
        }
    }

    func reportIfUsable(_ report: Report) {
        guard phase == .usable else { return }
        self.report(report)
    }
}

extension [String] {
    /// The last lines, so short that they stand in an event.
    var kept: [String] { suffix(6).map { String($0.prefix(160)) } }
}

extension Duration {
    var milliseconds: Double {
        let (seconds, attoseconds) = components
        return Double(seconds) * 1e3 + Double(attoseconds) / 1e15
    }
}
