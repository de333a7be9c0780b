import ChromePipe
import Pool

/// What was seen of a failed browser, in the terms of the schema.
struct FailureEvidence: Error, Equatable {
    var evidence: Evidence
    var detail: String
    var processEnded = false
    var exitStatus: UInt32 = 0
    var signal: UInt32 = 0
    /// Whether a browser that is about to end looks like this first.
    var mayPrecedeEnd = false

    /// Whether it was a script of the page that gave the device up.
    var isDestroyed = false

    /// Whether nothing deeper can be behind it.
    var isCertain: Bool {
        switch evidence {
        case .deviceLost where isDestroyed: true
        case .gpuProcessLost, .deviceLost, .adapterGone: false
        default: !mayPrecedeEnd
        }
    }

    init(_ evidence: Evidence, _ detail: String) {
        self.evidence = evidence
        self.detail = detail
    }

    /// The page is not there any more, and nobody here closed it.
    init(pageGone detail: String) {
        self.init(.rendererCrashed, detail)
        mayPrecedeEnd = true
    }

    /// The device is lost, by a script of the page where the reason says so (`GPUDeviceLostReason`, WebGPU).
    init(ofDevice fault: PageFault) {
        self.init(.deviceLost, fault.description)
        isDestroyed = fault.reason == "destroyed"
    }

    init(_ death: BrowserDeath) {
        switch death {
        case .exited(let exit, _), .ending(let exit):
            self.init(.processExited, "\(death)")
            processEnded = true
            switch exit {
            case .status(let status): exitStatus = UInt32(truncatingIfNeeded: status)
            case .signal(let number): signal = UInt32(truncatingIfNeeded: number)
            }
        case .pipeClosed: self.init(.pipeClosed, "\(death)")
        case .stalledWrite: self.init(.heartbeatMissed, "\(death)")
        case .messageTooLarge: self.init(.messageTooLarge, "\(death)")
        case .protocolViolation: self.init(.protocolError, "\(death)")
        case .closedByUs: self.init(.pipeClosed, "\(death)")
        }
    }

    init(_ crash: TargetCrash) {
        switch crash.status {
        case "killed": self.init(.rendererKilled, "\(crash)")
        case "oom": self.init(.pageOutOfMemory, "\(crash)")
        default: self.init(.rendererCrashed, "\(crash)")
        }
    }
}
