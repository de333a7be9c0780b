/// What is done to a browser on purpose, to see it fail and be healed: one case per thing that a browser really suffers.
public enum InjectedFault: UInt32, WireEnum {
    /// The browser process is killed.
    case browserKilled = 1
    /// The browser process is asked by a signal to end.
    case browserTerminated = 2
    /// The browser process crashes.
    case browserCrashed = 3
    /// The browser process is stopped, and answers nothing.
    case browserStopped = 4
    /// Our end of the pipe that the browser reads from is closed.
    case pipeClosed = 5
    /// The page's renderer process is killed.
    case rendererKilled = 6
    /// The page's renderer process crashes.
    case rendererCrashed = 7
    /// The page's renderer process is stopped.
    case rendererStopped = 8
    /// A script of the page uses memory until none is left for it.
    case heapExhausted = 9
    /// A script of the page asks for more memory at once than there can be.
    case hugeArrayBuffer = 10
    /// The page is closed.
    case pageClosed = 11
    /// The page is led away to another document.
    case pageNavigated = 12
    /// A script of the page loops for ever.
    case scriptLooped = 13
    /// The GPU process is killed.
    case gpuKilled = 14
    /// The GPU process is stopped.
    case gpuStopped = 15
    /// A shader loops for ever.
    case shaderLooped = 16
    /// The page's WebGPU devices are destroyed.
    case deviceDestroyed = 17
    /// The page fills more and more memory of the GPU.
    case gpuFlooded = 18
    /// The page's WebGPU devices are given a shader that is not valid.
    case shaderInvalid = 19

    public var name: StaticString {
        switch self {
        case .browserKilled: "browser_killed"
        case .browserTerminated: "browser_terminated"
        case .browserCrashed: "browser_crashed"
        case .browserStopped: "browser_stopped"
        case .pipeClosed: "pipe_closed"
        case .rendererKilled: "renderer_killed"
        case .rendererCrashed: "renderer_crashed"
        case .rendererStopped: "renderer_stopped"
        case .heapExhausted: "heap_exhausted"
        case .hugeArrayBuffer: "huge_array_buffer"
        case .pageClosed: "page_closed"
        case .pageNavigated: "page_navigated"
        case .scriptLooped: "script_looped"
        case .gpuKilled: "gpu_killed"
        case .gpuStopped: "gpu_stopped"
        case .shaderLooped: "shader_looped"
        case .deviceDestroyed: "device_destroyed"
        case .gpuFlooded: "gpu_flooded"
        case .shaderInvalid: "shader_invalid"
        }
    }

    /// Whether a browser that suffers it goes on as before, since the error stays where it was made.
    public var isHarmless: Bool { self == .hugeArrayBuffer || self == .shaderInvalid }
}
