import ChromePipe
import Pool
import PoolEngine

/// What went wrong with a browser, and how it is told.
extension BrowserHost {
    func observe(_ sign: BrowserSign) {
        switch sign {
        case .died(let death): suspect(FailureEvidence(death))
        case .pageCrashed(let target, let crash) where isPage(target): suspect(FailureEvidence(crash))
        case .pageDestroyed(let target) where isPage(target):
            suspect(FailureEvidence(pageGone: "the browser closed the page"))
        case .gpuProcessEnded(let pid):
            suspect(FailureEvidence(.gpuProcessLost, "the GPU process (pid \(pid)) ended"))
        default: break
        }
    }

    /// Takes note of a failure and reports it, once its cause is certain.
    func suspect(_ failure: FailureEvidence) {
        switch phase {
        case .launching: faultAtLaunch = faultAtLaunch ?? failure
        case .usable:
            if failure.isCertain {
                fail(failure)
            } else if !isJudging {
                isJudging = true
                Task { await judge(failure) }
            }
        // Only the end of the browser itself ends its healing: the rest is what the rung is about.
        case .healing: if failure.processEnded { fail(failure) }
        case .failed, .closing: break
        }
    }

    /// Reports a failure, or the deeper one behind it: a browser that ends takes its processes and its page along, and
    /// a GPU process its devices, and what falls last may be seen first.
    private func judge(_ failure: FailureEvidence) async {
        guard let running else { return }
        let patience = surroundings.configuration.probeDeadline
        let processes = try? await running.processes(deadline: patience)
        if failure.mayPrecedeEnd {
            let end = ContinuousClock.now + Self.endPatience
            while running.death == nil, ContinuousClock.now < end {
                try? await Task.sleep(for: .milliseconds(10))
            }
        }
        if let death = running.death { return fail(FailureEvidence(death)) }
        let lostDevice = failure.evidence == .deviceLost || failure.evidence == .adapterGone
        if lostDevice, let gpuProcess, await hasEnded(gpuProcess, listed: processes) {
            let detail = "the GPU process (pid \(gpuProcess)) ended; \(failure.detail)"
            return fail(FailureEvidence(.gpuProcessLost, detail))
        }
        fail(failure)
    }

    /// Whether the GPU process has ended: a device may be reported lost before the browser has noticed that.
    private func hasEnded(
        _ pid: Int32, listed: [DrivenProcess]?
    ) async -> Bool {
        if let listed, !listed.contains(where: { $0.pid == pid }) { return true }
        let end = ContinuousClock.now + Self.exitPatience
        while ProcessStatus.isRunning(pid) {
            guard ContinuousClock.now < end else { return false }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return true
    }

    /// A process closes its files, which ends its devices, shortly before it counts as ended.
    private static let exitPatience: Duration = .milliseconds(100)

    /// A browser that leaves by itself closes its pages some 50 ms before its pipe.
    private static let endPatience: Duration = .milliseconds(500)

    /// Reports that the browser failed, unless that has been said or it is being closed.
    func fail(_ failure: FailureEvidence) {
        guard phase == .usable || phase == .healing else { return }
        // What it computed before is not lost with it, unless that is what is wrong.
        if failure.evidence != .outputWrong { drainBuffers() }
        phase = .failed
        if failure.evidence == .heartbeatMissed { isSilent = true }
        healing?.cancel()
        if failure.processEnded {
            sampling?.cancel()
            beating?.cancel()
            watching?.cancel()
        }
        for work in works.values { work.cancel() }
        surroundings.casualties.browserFailed(incarnation, "\(failure.evidence.name): \(failure.detail)")
        report(
            Report(
                BrowserFailed(
                    browser: browser, incarnation: incarnation, evidence: failure.evidence,
                    detail: failure.detail, processEnded: failure.processEnded,
                    exitStatus: failure.exitStatus,
                    signal: failure.signal, stderrTail: (running?.stderrTail ?? []).kept)))
        // A browser whose process has ended is not closed by the pool: what it leaves behind is cleared here.
        guard failure.processEnded else { return }
        Task {
            _ = await tearDown()
            surroundings.ended(incarnation)
        }
    }
}
