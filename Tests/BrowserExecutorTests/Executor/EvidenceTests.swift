import ChromePipe
import Pool
import Testing

@testable import BrowserExecutor

@Suite("The evidence of a failure") struct EvidenceTests {
    @Test("of a browser that ended says how", arguments: [true, false])
    func exited(pipeClosed: Bool) {
        let exited = FailureEvidence(.exited(.status(21), pipeClosed: pipeClosed))
        #expect(exited.evidence == .processExited)
        #expect(exited.processEnded)
        #expect(exited.exitStatus == 21)
        #expect(exited.signal == 0)
        let killed = FailureEvidence(.exited(.signal(11), pipeClosed: pipeClosed))
        #expect(killed.processEnded)
        #expect(killed.signal == 11)
        #expect(killed.exitStatus == 0)
    }

    static let deaths: [(BrowserDeath, Evidence)] = [
        (.pipeClosed, .pipeClosed),
        (.stalledWrite(pendingBytes: 9, after: .seconds(1)), .heartbeatMissed),
        (.messageTooLarge(bytes: 9, limit: 8), .messageTooLarge),
        (.protocolViolation("x"), .protocolError),
        (.closedByUs, .pipeClosed),
    ]

    @Test(
        "of a connection that ended names its cause, and leaves the process to be closed", arguments: deaths)
    func died(_ death: BrowserDeath, _ evidence: Evidence) {
        let failure = FailureEvidence(death)
        #expect(failure.evidence == evidence)
        #expect(failure.detail == death.description)
        #expect(!failure.processEnded)
        #expect(failure.isCertain)
    }

    @Test(
        "of a renderer takes the browser's word",
        arguments: [
            ("killed" as String?, Evidence.rendererKilled), ("oom", .pageOutOfMemory),
            ("crashed", .rendererCrashed),
            ("abnormal", .rendererCrashed), (nil, .rendererCrashed),
        ])
    func crashed(_ status: String?, _ evidence: Evidence) {
        #expect(FailureEvidence(TargetCrash(status: status, errorCode: 5)).evidence == evidence)
    }

    static let errors: [(PageError, Evidence?)] = [
        (.call(.connectionDied(method: "m", .pipeClosed)), .pipeClosed),
        (.call(.targetCrashed(method: "m", TargetCrash(status: "killed", errorCode: 9))), .rendererKilled),
        (.call(.targetDestroyed(method: "m")), .rendererCrashed),
        (.call(.sessionDetached(method: "m")), .rendererCrashed),
        (.call(.messageTooLarge(method: "m", bytes: 2, limit: 1)), .messageTooLarge),
        (.call(.backlogFull(method: "m", queuedBytes: 2, limit: 1)), .heartbeatMissed),
        (.call(.undecodable(method: "m", reason: "r")), .protocolError),
        (.call(.refused(method: "m", code: -32000, message: "r")), nil),
        (.call(.deadlineExceeded(method: "m", after: .seconds(1))), nil),
        (.call(.cancelled(method: "m")), nil),
        (.call(.unencodable(method: "m", reason: "r")), nil),
        (.lostWhileLoading(url: "u", reason: "r"), .rendererCrashed),
        (.unserializable("NaN"), nil),
        (.navigationFailed(url: "u", reason: "r"), nil),
        (.loadDeadlineExceeded(url: "u", after: .seconds(1)), nil),
        (.invalidOrigin("o"), nil),
    ]

    @Test("of a call names the browser's failure, where the error says one", arguments: errors)
    func called(_ error: PageError, _ evidence: Evidence?) {
        let failure = RunVerdict.evidence(of: error)
        #expect(failure?.evidence == evidence)
        // Of a page that is gone it is first looked whether its browser is, too.
        let isGone = evidence == .rendererCrashed
        #expect(failure.map { $0.isCertain == !isGone } ?? true)
        // A launch is never left without evidence.
        #expect(LaunchEvidence(error).evidence == evidence ?? .launchTimedOut)
        if case .call(let call) = error {
            #expect(LaunchEvidence(call).evidence == evidence ?? .launchTimedOut)
        }
    }

    static let failures: [(String, Evidence)] = [
        ("device_lost", .deviceLost), ("gpu_aborted", .deviceLost), ("no_device", .deviceLost),
        ("no_adapter", .adapterGone), ("output_invalid", .outputWrong),
    ]

    @Test("of a page's fault blames the browser for what a browser does", arguments: failures)
    func faultOfBrowser(_ kind: String, _ evidence: Evidence) {
        let fault = PageFault(kind: kind, message: "m", reason: "r")
        guard case .browser(let failure) = RunVerdict.judge(fault) else {
            Issue.record("\(RunVerdict.judge(fault))")
            return
        }
        #expect(failure.evidence == evidence)
        #expect(failure.detail == "\(kind): m (r)")
    }

    static let refusals: [(String, RunFailure)] = [
        ("no_webgpu", .backendUnsupported), ("backend_unsupported", .backendUnsupported),
        ("shader_invalid", .shaderInvalid),
        ("pipeline_invalid", .shaderInvalid),
        ("out_of_memory", .outOfMemory), ("digest_mismatch", .modelInvalid), ("model_invalid", .modelInvalid),
        ("input_invalid", .inputInvalid), ("internal", .executorFault), ("of the future", .executorFault),
    ]

    @Test("of a page's fault blames the run for the rest", arguments: refusals)
    func faultOfRun(_ kind: String, _ failure: RunFailure) {
        #expect(refusal(PageFault(kind: kind, message: "m")) == failure)
    }

    @Test("of what a page has dropped is no fault of the model or its inputs")
    func notLoaded() {
        for kind in ["model_invalid", "input_invalid"] {
            #expect(refusal(PageFault(kind: kind, message: "m", reason: "not_loaded")) == .executorFault)
        }
    }

    @Test("of a model that exceeds a limit of the adapter is no fault of the browser")
    func limit() {
        let fault = PageFault(kind: "no_device", message: "m", details: .init(limit: "maxBufferSize"))
        #expect(refusal(fault) == .outOfMemory)
    }

    private func refusal(_ fault: PageFault) -> RunFailure? {
        guard case .run(let failure, let detail, _) = RunVerdict.judge(fault) else { return nil }
        #expect(detail == fault.description)
        return failure
    }

    @Test(
        "of a backend that refuses says why",
        arguments: [
            ("no_webgpu", nil, BackendRefusal.browserRefuses), ("backend_unsupported", nil, .noKernel),
            ("backend_unsupported", "no_compute_node", .noComputeNode),
            ("backend_unsupported", "too_slow", .tooSlow),
            ("backend_unsupported", "of the future", .noKernel),
        ] as [(String, String?, BackendRefusal)])
    func backendRefusal(_ kind: String, _ reason: String?, _ expected: BackendRefusal) {
        guard
            case .run(.backendUnsupported, _, let refusal) = RunVerdict.judge(
                PageFault(kind: kind, message: "m", reason: reason))
        else {
            Issue.record("\(kind) is not judged as a refusal")
            return
        }
        #expect(refusal == expected)
    }

    @Test("of a launch is the deeper cause where it is known")
    func launch() {
        #expect(LaunchEvidence(PageFault(kind: "internal", message: "m")).evidence == .protocolError)
        let failure = FailureEvidence(.gpuProcessLost, "d")
        #expect(LaunchEvidence(failure).evidence == .gpuProcessLost)
        #expect(LaunchEvidence(failure).detail == "d")
    }
}
