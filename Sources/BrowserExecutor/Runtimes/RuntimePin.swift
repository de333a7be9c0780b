/// A runtime that Weir knows where to get, and the exact bytes that it takes.
public struct RuntimePin: Sendable {
    public var name: String
    public var version: String
    /// The Python package that carries it.
    var wheel: PinnedWheel
    var scriptSHA256: String
    var wasmSHA256: String

    /// ONNX Runtime Web (MIT), as the wheel of xlocllm (BSD-3-Clause) carries it: the module with the providers wasm,
    /// webgpu and webnn, and its WebAssembly.
    public static let onnxRuntimeWeb = RuntimePin(
        name: OnnxModel.runtime, version: "1.26.0",
        wheel: PinnedWheel(
            package: "xlocllm", version: "1.1.0",
            sha256: "a2e01e107d1ffed539454b535244bd5f710684a6fc6998c1ea0f50832aea18b9"),
        scriptSHA256: "e7b56dcf7e32ddd796f2938e372769b0e5b23805621c93d78d088d2de4f82b74",
        wasmSHA256: "ae61141f8fbf0a4e43fd7b4f4d40a1a115627f6facc4f33ddf84074a655e33ea")

    /// Whether a file's name is that of the module, in the npm package or with a bundler's hash.
    static func isScript(_ name: String) -> Bool {
        name.wholeMatch(of: /ort\.bundle\.min(-[A-Za-z0-9_-]+)?\.m?js/) != nil
    }

    /// Whether a file's name is that of the module's WebAssembly.
    static func isWasm(_ name: String) -> Bool {
        name.wholeMatch(of: /ort-wasm-simd-threaded\.jsep(-[A-Za-z0-9_-]+)?\.wasm/) != nil
    }
}
