import ChromePipe
import Pool

/// What was seen of a failed browser, in the terms of the schema.
struct FailureEvidence: Sendable, Equatable {
    var evidence: Evidence
    var detail: String
    var processEnded = false
    var exitStatus: UInt32 = 0
    var signal: UInt32 = 0

    init(_ evidence: Evidence, _ detail: String) {
        self.evidence = evidence
        self.detail = detail
    }

    init(_ death: ChromeDeath) {
        switch death {
        case .exited(let exit, _):
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

/// What was seen of a browser that did not become usable.
struct LaunchEvidence: Sendable {
    var evidence: Evidence
    var detail: String
    var stderr: [String]?

    init(_ error: any Error) {
        detail = "\(error)"
        switch error {
        case let error as ChromeLaunchError:
            stderr = error.stderr
            evidence =
                switch error.reason {
                case .deadlineExceeded: .launchTimedOut
                case .died(let death): FailureEvidence(death).evidence
                case .refused, .cancelled: .protocolError
                case .profileFolder, .notStarted: .processExited
                }
        case let fault as PageFault where fault.kind == "no_adapter" || fault.kind == "no_webgpu":
            evidence = .adapterGone
            detail = "the browser offers no WebGPU adapter: \(fault.message)"
        case let error as PageError:
            evidence = RunVerdict.evidence(of: error)?.evidence ?? .launchTimedOut
        case let error as CDPError:
            evidence = RunVerdict.evidence(of: .call(error))?.evidence ?? .launchTimedOut
        default: evidence = .protocolError
        }
    }
}
