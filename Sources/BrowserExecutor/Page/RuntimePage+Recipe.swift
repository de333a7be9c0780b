import ChromePipe
import Foundation
import Pool
import PoolEngine

extension PageAnswer {
    /// The runtime's answer to a run of a model that has a manifest.
    struct RecipeRun: Decodable, Sendable {
        var cold: Bool
        /// The items that are done, at least one: what takes long is answered in parts.
        var items: Int
        /// What the model carries to the next item; base64.
        var state: Data?
    }
}

extension ModelPackage {
    /// What of the manifest the page needs to make tensors of files and results of tensors.
    func recipe() throws -> [String: Any] {
        let manifest = try JSONSerialization.jsonObject(with: Data(manifestBytes)) as? [String: Any] ?? [:]
        return manifest.filter { ["input", "output", "state", "constants"].contains($0.key) }
    }
}

extension RuntimePage {
    /// Gives the page the files of a task.
    func files(
        _ packed: [UInt8], digest: Digest, count: UInt64, deadline: Duration
    ) async throws -> PageAnswer.Inputs {
        resources.add(inputs: packed, digest: digest)
        defer { resources.removeInputs(digest) }
        let request: [String: Any] = [
            "id": digest.description, "url": PageResources.inputsPath(digest), "bytes": packed.count,
            "count": count, "partBytes": PageResources.partBytes, "kind": "files",
        ]
        return try await call("inputs", request, deadline: deadline)
    }

    /// Runs items, or the first of them.
    ///
    /// - Parameter state: What the model carries from the item before the first, unless that begins a file.
    /// - Returns: the outputs as a JSON array.
    func run(
        _ model: ModelPackage, on backend: Backend, inputs: Digest, items: Range<UInt64>, state: [UInt8]?,
        deadline: Duration
    ) async throws -> (answer: PageAnswer.RecipeRun, outputs: [UInt8]) {
        var request: [String: Any] = [
            "backend": backend.name.description, "model": model.manifest.weights.sha256,
            "inputs": inputs.description, "first": items.lowerBound, "count": items.count,
            "recipe": try model.recipe(),
        ]
        if let state { request["state"] = Data(state).base64EncodedString() }
        let raw = try await answer("run", request, deadline: deadline)
        return (try raw.decode(PageAnswer.RecipeRun.self), raw.member("outputs")?.bytes ?? [])
    }
}
