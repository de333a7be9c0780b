import ChromePipe
import Pool
import PoolEngine

/// One incarnation of a browser: its process, its page, and what runs in it.
///
/// It reports a failure of the browser once; after that, and once it is being closed, it reports nothing of runs.
actor BrowserHost {
    nonisolated let browser: BrowserID
    nonisolated let incarnation: IncarnationID
    let executor: BrowserExecutor
    let report: @Sendable (Report) -> Void
    private(set) var chrome: Chrome?
    private(set) var page: RuntimePage?
    private var subscription: EventSubscription?
    private var launch: Task<Void, Never>?
    private var runs: [ObligationID: Task<Void, Never>] = [:]
    private var hasFailed = false
    private var isClosing = false
    private nonisolated let orders: AsyncStream<Order>.Continuation

    enum Order: Sendable {
        case launch(Effect.Launch)
        case close(Effect.Close)
        case run(Effect.Run)
        case stop(Effect.Stop)
        case observed(CDPEvent)
    }

    init(_ launch: Effect.Launch, executor: BrowserExecutor, report: @escaping @Sendable (Report) -> Void) {
        browser = launch.browser
        incarnation = launch.incarnation
        self.executor = executor
        self.report = report
        let (stream, continuation) = AsyncStream<Order>.makeStream()
        orders = continuation
        Task { for await order in stream { await self.take(order) } }
    }

    /// Takes an order after those given before it.
    nonisolated func enqueue(_ order: Order) { orders.yield(order) }

    private func take(_ order: Order) async {
        switch order {
        case .launch(let effect): launch = Task { await self.open(effect) }
        case .run(let effect): runs[effect.obligation] = Task { await self.execute(effect) }
        case .stop(let effect): await stop(effect)
        case .close(let effect): await close(effect)
        case .observed(let event): observe(event)
        }
    }

    // MARK: Launch and close

    private func open(_ effect: Effect.Launch) async {
        let configuration = executor.configuration
        let started = ContinuousClock.now
        do {
            let chrome = try await Chrome.launch(configuration.installation, configuration.launchOptions)
            self.chrome = chrome
            let page = try await RuntimePage.open(
                in: chrome, runtime: configuration.runtime, deadline: configuration.dispatchDeadline)
            self.page = page
            let probe = try await page.probe(deadline: configuration.dispatchDeadline)
            try await chrome.watchChildren()
            guard !isClosing else { return }
            subscription = chrome.onEvent { [weak self] in self?.enqueue(.observed($0.event)) }
            let facts = BrowserFacts(chrome, adapter: Adapter(probe.adapter))
            report(
                Report(
                    BrowserLaunched(
                        obligation: effect.obligation, browser: browser, facts: facts,
                        launchMs: (ContinuousClock.now - started).milliseconds)))
            if let death = chrome.death { observe(.died(death)) }
        } catch {
            let seen = LaunchEvidence(error)
            let stderr = seen.stderr ?? chrome?.stderrTail ?? []
            await chrome?.close()
            guard !isClosing else { return }
            executor.remove(incarnation)
            orders.finish()
            report(
                Report(
                    BrowserLaunchFailed(
                        obligation: effect.obligation, browser: browser, evidence: seen.evidence,
                        detail: seen.detail, stderrTail: stderr.kept)))
        }
    }

    private func close(_ effect: Effect.Close) async {
        isClosing = true
        subscription?.cancel()
        for run in runs.values { run.cancel() }
        launch?.cancel()
        await launch?.value
        let teardown = await chrome?.close()
        for run in runs.values { await run.value }
        orders.finish()
        let step: CloseStep =
            switch teardown?.step {
            case nil, .alreadyGone: .alreadyEnded
            case .browserClose, .pipeClosed: .asked
            case .killed, .killedWithGuardian: .forced
            }
        report(Report(BrowserClosed(obligation: effect.obligation, browser: browser, step: step)))
    }

    /// Ends everything without a report.
    func abandon() async {
        isClosing = true
        subscription?.cancel()
        chrome?.kill()
        launch?.cancel()
        for run in runs.values { run.cancel() }
        await launch?.value
        await chrome?.close()
        orders.finish()
    }

    // MARK: Failures

    private func observe(_ event: CDPEvent) {
        switch event {
        case .died(let death): fail(FailureEvidence(death))
        case .targetCrashed(let target, let crash) where target == page?.session.target:
            fail(FailureEvidence(crash))
        case .processExited(.gpu, let pid, _):
            fail(FailureEvidence(.gpuProcessLost, "the GPU process (pid \(pid)) ended"))
        default: break
        }
    }

    /// Reports that the browser failed, unless that has been said or it is being closed.
    func fail(_ failure: FailureEvidence) {
        guard !hasFailed, !isClosing else { return }
        hasFailed = true
        for run in runs.values { run.cancel() }
        report(
            Report(
                BrowserFailed(
                    browser: browser, incarnation: incarnation, evidence: failure.evidence,
                    detail: failure.detail, processEnded: failure.processEnded,
                    exitStatus: failure.exitStatus,
                    signal: failure.signal, stderrTail: (chrome?.stderrTail ?? []).kept)))
        // A browser whose process has ended is not closed by the pool: what it leaves behind is cleared here.
        guard failure.processEnded, let chrome else { return }
        Task {
            await chrome.close()
            executor.remove(incarnation)
            orders.finish()
        }
    }

    // MARK: Runs

    private func stop(_ effect: Effect.Stop) async {
        if let run = runs[effect.run] {
            run.cancel()
            await run.value
        }
        guard !hasFailed, !isClosing else { return }
        report(Report(RunStopped(obligation: effect.obligation, browser: browser)))
    }

    private func execute(_ effect: Effect.Run) async {
        defer { runs[effect.obligation] = nil }
        guard let chrome, let page else { return }
        let run = ModelRun(effect, page: page, browser: chrome.version.product, executor: executor)
        do {
            try await run.perform { [weak self] in await self?.reportUnlessFailed($0) }
        } catch is CancellationError {
            return
        } catch {
            guard !Task.isCancelled else { return }
            let configuration = executor.configuration
            switch await RunVerdict(error, in: page, of: chrome, probeDeadline: configuration.probeDeadline) {
            case .browser(let failure): fail(failure)
            case .run(let failure, let detail):
                reportUnlessFailed(
                    Report(
                        RunFailed(
                            obligation: effect.obligation, allocation: effect.allocation, failure: failure,
                            detail: detail)))
            }
        }
    }

    private func reportUnlessFailed(_ report: Report) {
        guard !hasFailed, !isClosing else { return }
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
