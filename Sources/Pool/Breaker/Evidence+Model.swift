extension Evidence {
    /// Whether what a model does in the page may well have caused it.
    public var mayBeOfModel: Bool {
        switch self {
        case .rendererCrashed, .pageOutOfMemory, .gpuProcessLost, .deviceLost, .shaderHung, .scriptHung,
            .messageTooLarge, .outputWrong:
            true
        case .processExited, .pipeClosed, .launchTimedOut, .rendererKilled, .adapterGone, .heartbeatMissed,
            .protocolError, .engineRestarted:
            false
        }
    }
}

extension RunFailure {
    /// Whether another kind of browser may well run the model that failed so.
    public var mayBeOfModel: Bool {
        switch self {
        case .shaderInvalid, .outOfMemory, .executorFault, .outputMismatch: true
        case .modelMissing, .modelInvalid, .inputInvalid, .backendUnsupported: false
        }
    }
}
