/// What was seen of a failed browser: one case per thing that a browser really does.
public enum Evidence: UInt32, WireEnum {
    /// The browser process ended; status or signal say how.
    case processExited = 1
    /// The debugging pipe reached its end while the process was not known to have ended.
    case pipeClosed = 2
    /// The browser did not become usable before its launch deadline.
    case launchTimedOut = 3
    /// The page's renderer process crashed.
    case rendererCrashed = 4
    /// The page's renderer process was killed from outside.
    case rendererKilled = 5
    /// The page's script heap was exhausted, or the browser used more memory than it may.
    case pageOutOfMemory = 6
    /// The GPU process ended.
    case gpuProcessLost = 7
    /// The page's WebGPU device was lost while the GPU process lived.
    case deviceLost = 8
    /// `requestAdapter()` gave null.
    case adapterGone = 9
    /// GPU work did not finish before its deadline while scripts still answered.
    case shaderHung = 10
    /// The page's script did not answer before its deadline.
    case scriptHung = 11
    /// The browser answered nothing before its deadline.
    case heartbeatMissed = 12
    /// A protocol message exceeded the cap.
    case messageTooLarge = 13
    /// The browser broke the debugging protocol.
    case protocolError = 14
    /// An output failed its check.
    case outputWrong = 15
    /// The engine that owned the browser ended.
    case engineRestarted = 16

    public var name: StaticString {
        switch self {
        case .processExited: "process_exited"
        case .pipeClosed: "pipe_closed"
        case .launchTimedOut: "launch_timed_out"
        case .rendererCrashed: "renderer_crashed"
        case .rendererKilled: "renderer_killed"
        case .pageOutOfMemory: "page_out_of_memory"
        case .gpuProcessLost: "gpu_process_lost"
        case .deviceLost: "device_lost"
        case .adapterGone: "adapter_gone"
        case .shaderHung: "shader_hung"
        case .scriptHung: "script_hung"
        case .heartbeatMissed: "heartbeat_missed"
        case .messageTooLarge: "message_too_large"
        case .protocolError: "protocol_error"
        case .outputWrong: "output_wrong"
        case .engineRestarted: "engine_restarted"
        }
    }
}
