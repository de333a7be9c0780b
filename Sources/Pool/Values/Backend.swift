/// What executes a model inside a browser.
public enum Backend: UInt32, WireEnum {
    /// The browser's WebGPU implementation.
    case webgpu = 1
    /// The browser's WebNN implementation.
    case webnn = 2
    /// The browser's WebAssembly engine on the CPU.
    case cpu = 3

    public var name: StaticString {
        switch self {
        case .webgpu: "webgpu"
        case .webnn: "webnn"
        case .cpu: "cpu"
        }
    }
}
