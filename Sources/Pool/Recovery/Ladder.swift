/// Which rungs may heal a browser, by what was seen of it.
extension Evidence {
    /// The rungs that may make a browser usable again of which this was seen while its process lived, cheapest first.
    /// The last one always does.
    public var ladder: [Rung] {
        switch self {
        case .scriptHung: [.endScript, .freshPage, .restartBrowser]
        case .rendererCrashed, .rendererKilled, .pageOutOfMemory: [.reloadPage, .freshPage, .restartBrowser]
        case .protocolError: [.freshPage, .restartBrowser]
        case .gpuProcessLost, .deviceLost: [.reloadPage, .restartGPU, .restartBrowser]
        case .adapterGone: [.freshPage, .restartGPU, .restartBrowser]
        case .shaderHung: [.restartGPU, .restartBrowser]
        case .processExited, .pipeClosed, .launchTimedOut, .heartbeatMissed, .messageTooLarge, .outputWrong,
            .engineRestarted:
            [.restartBrowser]
        }
    }

    /// Whether it is the GPU that failed, so that a page needs an adapter to be of use again.
    public var isOfGPU: Bool {
        switch self {
        case .gpuProcessLost, .deviceLost, .adapterGone, .shaderHung: true
        default: false
        }
    }
}

extension BrowserState {
    /// How long a rung that was taken keeps the next failure from trying it, or a cheaper one, again, unless a run has
    /// completed since.
    static let rungMemoryMs: UInt64 = 120_000
    /// How long the loss of a GPU process counts, and how many losses are borne within that time. Chrome grants no
    /// adapter after the third within two minutes, and starts no GPU process after the third to sixth within five.
    static let gpuLossMemoryMs: UInt64 = 300_000
    static let gpuLossesBorne = 2

    /// The rungs that may heal it and that were not just tried in vain, cheapest first. One that the product would refuse
    /// is none.
    func rungs(for evidence: Evidence, at now: EventTime) -> [Rung] {
        let last = rung.flatMap { now < rungAt.adding(milliseconds: Self.rungMemoryMs) ? $0.rawValue : nil }
        let lost = limitsGPULosses ? gpuLosses.count { $0.counts(at: now) } : 0
        let rungs = evidence.ladder.filter { rung in
            if let last, rung.rawValue <= last { return false }
            return switch rung {
            case .restartGPU: lost < Self.gpuLossesBorne
            case .endScript, .reloadPage, .freshPage: !evidence.isOfGPU || lost <= Self.gpuLossesBorne
            case .restartBrowser, .failOver, .changeBackend: true
            }
        }
        return rungs.isEmpty ? [.restartBrowser] : rungs
    }

    /// Takes note that its GPU process ends, where that counts.
    mutating func loseGPU(at now: EventTime) {
        guard limitsGPULosses else { return }
        gpuLosses.removeAll { !$0.counts(at: now) }
        gpuLosses.append(GPULoss(at: now))
    }
}

extension GPULoss {
    fileprivate func counts(at now: EventTime) -> Bool {
        now < at.adding(milliseconds: BrowserState.gpuLossMemoryMs)
    }
}
