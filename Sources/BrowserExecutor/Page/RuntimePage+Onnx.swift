import ChromePipe
import Foundation
import Pool
import PoolEngine

/// What the runtime `onnxruntime-web` answers beyond the contract.
extension PageAnswer {
    struct OnnxLoad: Decodable, Sendable {
        var cold: Bool
        var loadMs: Double
        var fetchedBytes: Int
        /// The adapter behind the run; none on the backend `cpu`.
        var adapter: AdapterInfo?
        /// Compute nodes by the backend that runs them.
        var nodes: [String: Int]

        enum CodingKeys: String, CodingKey {
            case cold, adapter, nodes
            case loadMs = "load_ms"
            case fetchedBytes = "fetched_bytes"
        }
    }

    struct Unload: Decodable, Sendable {
        /// Whether the model was there.
        var unloaded: Bool
    }

    /// What a run gave of tensors, on either runtime.
    struct TensorRun: Decodable, Sendable {
        var outputs: [TensorOutputs]
        var cold: Bool
    }

    /// The outputs of one item.
    struct TensorOutputs: Decodable, Sendable {
        var tensors: [EncodedTensor]
    }

    struct EncodedTensor: Decodable, Sendable {
        var name: String
        var type: ElementType
        var dims: [Int]
        /// Base64.
        var data: Data

        /// Nil when the data is not what the dimensions say.
        var tensor: Tensor? { Tensor(checking: name, type: type, dims: dims, bytes: [UInt8](data)) }
    }
}

extension RuntimePage {
    /// Serves the installed runtime to the page.
    func addRuntime(in catalog: ModelCatalog) throws(RunRefusal) -> RuntimeInstallation {
        guard let found = RuntimeInstallation.all(of: OnnxModel.runtime, in: catalog).first else {
            throw RunRefusal(
                failure: .backendUnsupported,
                detail: "\(OnnxModel.runtime) is not installed; see weir runtime add",
                backend: .runtimeLacksIt)
        }
        guard resources.addRuntime(found) else {
            throw RunRefusal(
                failure: .backendUnsupported,
                detail: "\(found.folder) is damaged; install it again with weir runtime add",
                backend: .runtimeLacksIt)
        }
        return found
    }

    /// Loads the page anew if a fault leaves ONNX Runtime Web unusable: once a kernel of its WebGPU provider has thrown,
    /// it refuses every later run ("is not allowed to be called recursively") or destroys buffers that are in use.
    func renew(after fault: PageFault, deadline: Duration) async throws {
        guard fault.reason == "run_failed" else { return }
        try await session.navigateAgain(deadline: deadline)
    }

    func load(
        _ model: OnnxModel, on backend: Backend, with runtime: RuntimeInstallation, deadline: Duration
    ) async throws -> PageAnswer.OnnxLoad {
        resources.add(file: model.path, at: PageResources.weightsPath(model.digest))
        return try await load(
            (model.path as NSString).lastPathComponent, digest: model.digest.description,
            at: PageResources.weightsPath(model.digest), bytes: model.size, on: backend, with: runtime,
            deadline: deadline)
    }

    /// Loads the ONNX file of a model that has a manifest.
    func load(
        _ model: ModelPackage, on backend: Backend, with runtime: RuntimeInstallation, deadline: Duration
    ) async throws -> PageAnswer.OnnxLoad {
        resources.add(model)
        let weights = model.manifest.weights
        return try await load(
            model.name, digest: weights.sha256, at: PageResources.weightsPath(model.digest),
            bytes: weights.bytes, on: backend, with: runtime, deadline: deadline)
    }

    private func load(
        _ name: String, digest: String, at path: String, bytes: Int, on backend: Backend,
        with runtime: RuntimeInstallation, deadline: Duration
    ) async throws -> PageAnswer.OnnxLoad {
        let request: [String: Any] = [
            "backend": backend.name.description,
            "model": [
                "name": name, "digest": digest, "weightsURL": path, "weightsBytes": bytes,
                "partBytes": PageResources.partBytes,
            ] as [String: Any],
            "runtime": [
                "scriptURL": "/runtime/ort.js",
                "wasmURL": "/runtime/ort.wasm",
                "wasmBytes": runtime.record.wasm.bytes,
                "wasmDigest": runtime.record.wasm.sha256,
                "partBytes": PageResources.partBytes,
            ] as [String: Any],
            "retry": true,
        ]
        return try await call("load", request, deadline: deadline)
    }

    func run(
        _ model: OnnxModel, on backend: Backend, inputs: Digest, item: UInt64, deadline: Duration
    ) async throws -> PageAnswer.TensorRun {
        let request: [String: Any] = [
            "backend": backend.name.description, "model": model.digest.description,
            "inputs": inputs.description, "first": item, "count": 1,
        ]
        return try await call("run", request, deadline: deadline)
    }

    /// Lets go of a model's session and of inputs.
    func unload(
        _ model: OnnxModel, on backend: Backend, inputs: [Digest], deadline: Duration
    ) async throws {
        let request: [String: Any] = [
            "backend": backend.name.description, "model": model.digest.description,
            "inputs": inputs.map(\.description),
        ]
        let _: PageAnswer.Unload = try await call("unload", request, deadline: deadline)
    }
}
