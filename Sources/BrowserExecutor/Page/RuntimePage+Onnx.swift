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

    struct OnnxRun: Decodable, Sendable {
        var outputs: [Outputs]
        var cold: Bool

        struct Outputs: Decodable, Sendable {
            var tensors: [EncodedTensor]
        }
    }

    struct EncodedTensor: Decodable, Sendable {
        var name: String
        var type: ElementType
        var dims: [Int]
        /// Base64.
        var data: Data

        /// Nil when the data is not as long as the dimensions say.
        var tensor: Tensor? {
            guard let count = Tensor.elementCount(dims, of: type), count * type.size == data.count else {
                return nil
            }
            return Tensor(name: name, type: type, dims: dims, bytes: [UInt8](data))
        }
    }
}

extension RuntimePage {
    func load(
        _ model: OnnxModel, on backend: Backend, with runtime: RuntimeInstallation, deadline: Duration
    ) async throws -> PageAnswer.OnnxLoad {
        resources.add(file: model.path, at: PageResources.weightsPath(model.digest))
        let request: [String: Any] = [
            "backend": backend.name.description,
            "model": [
                "name": (model.path as NSString).lastPathComponent,
                "digest": model.digest.description,
                "weightsURL": PageResources.weightsPath(model.digest),
                "weightsBytes": model.size,
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
    ) async throws -> PageAnswer.OnnxRun {
        let request: [String: Any] = [
            "backend": backend.name.description, "model": model.digest.description,
            "inputs": inputs.description, "first": item, "count": 1,
        ]
        return try await call("run", request, deadline: deadline)
    }
}
