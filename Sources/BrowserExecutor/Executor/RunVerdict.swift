import ChromePipe
import Pool

/// What an error of a run says: the browser has failed, or the run alone.
enum RunVerdict: Sendable {
    case browser(FailureEvidence)
    case run(RunFailure, detail: String, refusal: BackendRefusal? = nil)

    /// Judges an error; where it does not say enough, the browser is asked what still works.
    init(_ error: any Error, in page: RuntimePage, of running: any DrivenBrowser, probeDeadline: Duration)
        async
    {
        switch error {
        case let refusal as RunRefusal:
            self = .run(refusal.failure, detail: refusal.detail, refusal: refusal.backend)
        case let fault as PageFault: self = Self.judge(fault)
        case let error as PageError:
            if let evidence = Self.evidence(of: error) {
                self = .browser(evidence)
            } else if case .call(.deadlineExceeded) = error {
                self = .browser(await Self.diagnose(page, running, probeDeadline, "\(error)"))
            } else if await Self.hasLeft(page, probeDeadline) {
                self = .browser(
                    FailureEvidence(.rendererCrashed, "the page holds another document; \(error)"))
            } else {
                self = .run(.executorFault, detail: "\(error)")
            }
        default: self = .run(.executorFault, detail: "\(error)")
        }
    }

    static func judge(_ fault: PageFault) -> RunVerdict {
        switch fault.kind {
        // The page let go of it for want of room, so another attempt brings it back.
        case _ where fault.reason == "not_loaded": .run(.executorFault, detail: fault.description)
        // The adapter has less than the model needs: no other attempt goes better.
        case "no_device" where fault.details?.limit != nil: .run(.outOfMemory, detail: fault.description)
        case "device_lost", "gpu_aborted", "no_device":
            .browser(FailureEvidence(ofDevice: fault))
        case "no_adapter": .browser(FailureEvidence(.adapterGone, fault.description))
        case "output_invalid": .browser(FailureEvidence(.outputWrong, fault.description))
        case "no_webgpu":
            .run(.backendUnsupported, detail: fault.description, refusal: .browserRefuses)
        case "backend_unsupported":
            .run(
                .backendUnsupported, detail: fault.description,
                refusal: fault.reason.flatMap { BackendRefusal(name: $0) } ?? .noKernel)
        case "shader_invalid", "pipeline_invalid": .run(.shaderInvalid, detail: fault.description)
        case "out_of_memory": .run(.outOfMemory, detail: fault.description)
        case "digest_mismatch", "model_invalid": .run(.modelInvalid, detail: fault.description)
        case "input_invalid": .run(.inputInvalid, detail: fault.description)
        default: .run(.executorFault, detail: fault.description)
        }
    }

    /// What a page's error says of its browser; nil when it says nothing by itself.
    static func evidence(of error: PageError) -> FailureEvidence? {
        switch error {
        case .call(.connectionDied(_, let death)): FailureEvidence(death)
        case .call(.targetCrashed(_, let crash)): FailureEvidence(crash)
        case .call(.targetDestroyed), .call(.sessionDetached), .lostWhileLoading:
            FailureEvidence(pageGone: "\(error)")
        case .call(.messageTooLarge): FailureEvidence(.messageTooLarge, "\(error)")
        case .call(.backlogFull): FailureEvidence(.heartbeatMissed, "\(error)")
        case .call(.undecodable): FailureEvidence(.protocolError, "\(error)")
        case .call, .javaScript, .unserializable, .navigationFailed, .loadDeadlineExceeded, .invalidOrigin:
            nil
        }
    }

    /// Whether the page was led away from its runtime: it answers, and has none.
    private static func hasLeft(_ page: RuntimePage, _ deadline: Duration) async -> Bool {
        do {
            let kind = try await page.session.evaluate("typeof globalThis.weir", deadline: deadline)
            return kind.description == "\"undefined\""
        } catch .call(.targetCrashed) {
            return true
        } catch {
            return false
        }
    }

    /// Tells a hung shader, script and browser apart by which of them still answers; they are asked at once.
    private static func diagnose(
        _ page: RuntimePage, _ running: any DrivenBrowser, _ deadline: Duration, _ detail: String
    ) async -> FailureEvidence {
        async let script = try? page.session.evaluate("1", deadline: deadline)
        async let browser = try? running.answer(deadline: deadline)
        if await script != nil {
            return FailureEvidence(.shaderHung, detail + "; the page's script still answers")
        }
        if await browser != nil {
            return FailureEvidence(.scriptHung, detail + "; the browser still answers, its page does not")
        }
        return FailureEvidence(.heartbeatMissed, detail + "; nothing answers")
    }
}
