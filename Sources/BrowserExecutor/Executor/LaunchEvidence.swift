import ChromePipe
import Pool

/// What was seen of a browser that did not become usable.
struct LaunchEvidence: Sendable {
    var evidence: Evidence
    var detail: String
    var stderr: [String]?

    init(_ error: any Error) {
        detail = "\(error)"
        switch error {
        case let failure as FailureEvidence:
            evidence = failure.evidence
            detail = failure.detail
        case let error as BrowserLaunchError:
            stderr = error.stderr
            evidence =
                switch error.reason {
                case .deadlineExceeded: .launchTimedOut
                case .died(let death): FailureEvidence(death).evidence
                case .refused, .cancelled: .protocolError
                case .profileFolder, .notStarted: .processExited
                }
        case let error as PageError:
            evidence = RunVerdict.evidence(of: error)?.evidence ?? .launchTimedOut
        case let error as CDPError:
            evidence = RunVerdict.evidence(of: .call(error))?.evidence ?? .launchTimedOut
        default: evidence = .protocolError
        }
    }
}
