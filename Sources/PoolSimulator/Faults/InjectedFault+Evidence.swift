import Pool

extension InjectedFault {
    /// The faults of which this may be what is seen, in the order of their numbers.
    static func looking(like evidence: Evidence) -> [InjectedFault] {
        switch evidence {
        case .processExited: [.browserKilled, .browserTerminated, .browserCrashed, .pipeClosed]
        case .rendererCrashed: [.rendererCrashed, .heapExhausted, .pageClosed, .pageNavigated]
        case .rendererKilled: [.rendererKilled]
        case .pageOutOfMemory: [.heapExhausted, .gpuFlooded]
        case .gpuProcessLost: [.gpuKilled]
        case .deviceLost: [.deviceDestroyed]
        case .shaderHung: [.gpuStopped, .shaderLooped]
        case .scriptHung: [.rendererStopped, .scriptLooped]
        case .heartbeatMissed: [.browserStopped]
        case .outputWrong, .pipeClosed, .launchTimedOut, .adapterGone, .messageTooLarge, .protocolError,
            .engineRestarted:
            []
        }
    }
}
