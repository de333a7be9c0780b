import ChromePipe
import Foundation
import Pool
import PoolEngine

/// How a browser that failed while its process lives is made usable again.
extension BrowserHost {
    /// Takes a rung, in place of one under way.
    func heal(_ effect: Effect.Heal) {
        guard phase == .failed || phase == .healing else { return }
        phase = .healing
        let former = healing
        former?.cancel()
        healing = Task {
            await former?.value
            await self.take(effect)
        }
    }

    private func take(_ effect: Effect.Heal) async {
        guard let running, phase == .healing, !Task.isCancelled else { return }
        let started = ContinuousClock.now
        let ended: RungEnded
        do {
            let backends = try await climb(effect, in: running)
            // What ran before the failure has lost its page, and must be gone before anything runs again.
            for work in works.values { await work.value }
            ended = RungEnded(
                obligation: effect.obligation, browser: browser, healed: true, backends: backends)
        } catch {
            ended = RungEnded(
                obligation: effect.obligation, browser: browser, detail: "\(error)".prefixForEvent)
        }
        guard phase == .healing, !Task.isCancelled else { return }
        if let death = running.death { return fail(FailureEvidence(death)) }
        var report = ended
        report.durationMs = (ContinuousClock.now - started).milliseconds
        if report.healed {
            phase = .usable
            isJudging = false
        } else {
            phase = .failed
        }
        self.report(Report(report))
    }

    /// Takes the rung and asks the page what it offers then.
    private func climb(_ effect: Effect.Heal, in running: any DrivenBrowser) async throws -> [BackendSupport]
    {
        let patience = surroundings.configuration.pageDeadline
        switch effect.rung {
        case .endScript:
            // A renderer that runs answers at once, whatever its script does.
            let patience = surroundings.configuration.probeDeadline
            for page in pages.values { try await page.session.terminateScript(deadline: patience) }
        case .reloadPage: try await reloadPages(deadline: patience)
        case .freshPage: try await replacePages(in: running, deadline: patience)
        case .restartGPU:
            try await restartGPU(of: running, deadline: patience)
            try await reloadPages(deadline: patience)
        case .restartBrowser, .failOver, .changeBackend:
            preconditionFailure("\(effect.rung.name) is not taken on a page")
        }
        guard let page else { throw HealingFailure.noPage }
        if effect.rung != .endScript { bringModelBack(in: running) }
        let probe = try await page.probe(deadline: patience)
        gpuProcess = try await running.watchedProcesses(deadline: patience).first { $0.kind == .gpu }?.pid
        let facts = BrowserFacts(running, probe)
        if effect.evidence.isOfGPU, facts.adapter == nil { throw HealingFailure.noAdapter }
        return facts.backends
    }

    /// Loads every page anew: it revives a renderer that crashed, and lets go of what a lost device held.
    private func reloadPages(deadline: Duration) async throws {
        let script = surroundings.configuration.pageScript
        for page in pages.values {
            try await page.session.navigateAgain(deadline: deadline)
            if let script { _ = try await page.session.evaluate(script, deadline: deadline) }
        }
    }

    /// Opens a page in place of the first one; those of other runtimes are opened when a run names them.
    private func replacePages(in running: any DrivenBrowser, deadline: Duration) async throws {
        let former = Array(pages.values)
        pages = [:]
        for page in former { try? await page.session.close(deadline: deadline) }
        let runtime = surroundings.configuration.runtime
        pages[runtime] = try await RuntimePage.open(
            in: running, runtime: runtime, script: surroundings.configuration.pageScript, deadline: deadline)
    }

    /// Ends the GPU process and awaits the one that the browser starts in its place.
    private func restartGPU(of running: any DrivenBrowser, deadline: Duration) async throws {
        let end = ContinuousClock.now + deadline
        let former = try await running.gpuProcessID(deadline: deadline)
        guard former != nil || running is Chrome else { throw HealingFailure.noGPUProcess }
        if let former { kill(former, SIGKILL) }
        while ContinuousClock.now < end {
            if let next = try await running.gpuProcessID(deadline: deadline), next != former { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw HealingFailure.noGPUProcess
    }
}

/// Why a rung did not make a browser usable.
enum HealingFailure: Error, CustomStringConvertible {
    /// Its first page is gone.
    case noPage
    /// It offers no adapter, and what failed was its GPU.
    case noAdapter
    /// The browser starts no GPU process in place of the one that ended.
    case noGPUProcess

    var description: String {
        switch self {
        case .noPage: "the browser has no page"
        case .noAdapter: "the page gets no WebGPU adapter"
        case .noGPUProcess: "the browser starts no other GPU process"
        }
    }
}

extension String {
    /// So much of it that it stands in an event.
    fileprivate var prefixForEvent: String { String(prefix(400)) }
}
