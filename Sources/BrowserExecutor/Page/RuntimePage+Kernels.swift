import Foundation
import Pool

extension RuntimePage {
    func load(_ model: KernelModel, deadline: Duration) async throws -> PageAnswer.Load {
        resources.add(bytes: model.manifestBytes, at: PageResources.manifestPath(model.digest))
        for file in model.manifest.pageFiles {
            resources.add(file: model.folder + "/" + file.file, at: PageResources.filePath(file.sha256))
        }
        var described: [String: Any] = [
            "kind": KernelManifest.kind,
            "name": model.name,
            "digest": model.digest.description,
            "manifestURL": PageResources.manifestPath(model.digest),
            "filesURL": PageResources.filesPath,
            "partBytes": PageResources.partBytes,
        ]
        described["manifest"] = Self.short(model.manifestBytes)
        return try await call("load", ["model": described], deadline: deadline)
    }

    /// Gives the inputs of items, all of one length.
    func inputs(
        packed bytes: [UInt8], digest: Digest, count: Int, deadline: Duration
    ) async throws -> PageAnswer.Inputs {
        resources.add(inputs: bytes, digest: digest)
        defer { resources.removeInputs(digest) }
        let request: [String: Any] = [
            "kind": "bytes", "id": Self.bytesID(digest), "url": PageResources.inputsPath(digest),
            "bytes": bytes.count, "count": count, "partBytes": PageResources.partBytes,
        ]
        return try await call("inputs", request, deadline: deadline)
    }

    /// Runs one item.
    func run(
        _ model: KernelModel, inputs: Digest?, item: UInt64, deadline: Duration
    ) async throws -> PageAnswer.TensorRun {
        var request: [String: Any] = ["model": model.digest.description, "first": item, "count": 1]
        request["inputs"] = inputs.map(Self.bytesID)
        return try await call("run", request, deadline: deadline)
    }

    /// Distinct from the ids of inputs that are values, whose bytes may be the same.
    private static func bytesID(_ digest: Digest) -> String { "bytes \(digest)" }
}
