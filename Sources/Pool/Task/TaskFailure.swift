/// Why a task failed.
public enum TaskFailure: UInt32, WireEnum {
    /// No browser could be launched.
    case noBrowser = 1
    /// No browser offers the adapter that the task's backends need.
    case noAdapter = 2
    /// None of the task's backends can run the model.
    case backendUnsupported = 3
    /// The model's files are not to be had.
    case modelMissing = 4
    /// The model's files are damaged or not of a known form.
    case modelInvalid = 5
    /// An input does not fit the model.
    case inputInvalid = 6
    /// A shader of the model does not compile.
    case shaderInvalid = 7
    /// The model or its inputs do not fit.
    case outOfMemory = 8
    /// Attempt after attempt failed without a recorded item.
    case retriesExhausted = 9
    /// A browser failed and the pool is configured not to recover.
    case faultToleranceOff = 10
    /// The engine ended and the task keeps no state across engines.
    case stateNotPersisted = 11
    /// The executor failed in a way that it could not name.
    case executorFault = 12
    /// An output is not the one that the task's owner expects.
    case outputMismatch = 13
    /// No more than half of its copies agree on an output.
    case outputsDisagree = 14
    /// The outputs of its copies could not be compared.
    case outputsNotCompared = 15
    /// A copy found no browser without another copy of its task.
    case noOtherBrowser = 16

    public var name: StaticString {
        switch self {
        case .noBrowser: "no_browser"
        case .noAdapter: "no_adapter"
        case .backendUnsupported: "backend_unsupported"
        case .modelMissing: "model_missing"
        case .modelInvalid: "model_invalid"
        case .inputInvalid: "input_invalid"
        case .shaderInvalid: "shader_invalid"
        case .outOfMemory: "out_of_memory"
        case .retriesExhausted: "retries_exhausted"
        case .faultToleranceOff: "fault_tolerance_off"
        case .stateNotPersisted: "state_not_persisted"
        case .executorFault: "executor_fault"
        case .outputMismatch: "output_mismatch"
        case .outputsDisagree: "outputs_disagree"
        case .outputsNotCompared: "outputs_not_compared"
        case .noOtherBrowser: "no_other_browser"
        }
    }
}
