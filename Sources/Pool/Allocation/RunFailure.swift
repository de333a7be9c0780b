/// How a run failed while its browser stayed usable.
public enum RunFailure: UInt32, WireEnum {
    /// The model's files are not to be had.
    case modelMissing = 1
    /// The model's files are damaged or not of a known form.
    case modelInvalid = 2
    /// An input does not fit the model.
    case inputInvalid = 3
    /// A shader does not compile.
    case shaderInvalid = 4
    /// The browser lacks the backend.
    case backendUnsupported = 5
    /// The model or its inputs do not fit.
    case outOfMemory = 6
    /// Anything else; tried again.
    case executorFault = 7
    /// An output is not the one that the task's owner expects.
    case outputMismatch = 8

    public var name: StaticString {
        switch self {
        case .modelMissing: "model_missing"
        case .modelInvalid: "model_invalid"
        case .inputInvalid: "input_invalid"
        case .shaderInvalid: "shader_invalid"
        case .backendUnsupported: "backend_unsupported"
        case .outOfMemory: "out_of_memory"
        case .executorFault: "executor_fault"
        case .outputMismatch: "output_mismatch"
        }
    }
}
