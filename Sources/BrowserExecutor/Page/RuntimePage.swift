import ChromePipe
import Foundation
import Pool

/// A page that holds an in-page runtime, with a typed function for each call of its contract.
struct RuntimePage: Sendable {
    /// Version of the contract between the executor and an in-page runtime.
    static let contract = 1

    /// Name of the runtime.
    let runtime: String
    let session: any DrivenPage
    let resources: PageResources

    /// - Parameter script: What the page runs before it is asked anything.
    static func open(
        in running: any DrivenBrowser, runtime: String, script: String? = nil, deadline: Duration
    ) async throws(PageError) -> RuntimePage {
        let resources = PageResources(runtimeFolder: Resources.runtime(runtime))
        let session = try await running.openPage(deadline: deadline) { resources.serve($0) }
        if let script { _ = try await session.evaluate(script, deadline: deadline) }
        return RuntimePage(runtime: runtime, session: session, resources: resources)
    }

    /// Whether a model that is loaded twice at once is loaded once: the runtime `wgsl` shares what is under way.
    var keepsModels: Bool { runtime == KernelModel.runtime }

    func probe(deadline: Duration) async throws -> PageAnswer.Probe {
        try await call("probe", ["retry": true], deadline: deadline)
    }

    /// - Parameter variant: of the kernels; the runtime chooses by the adapter where it is nil.
    func load(
        _ model: ModelPackage, variant: String? = nil, deadline: Duration
    ) async throws -> PageAnswer.Load {
        resources.add(model)
        var described: [String: Any] = [
            "name": model.name,
            "digest": model.digest.description,
            "manifestURL": PageResources.manifestPath(model.digest),
            "weightsURL": PageResources.weightsPath(model.digest),
            "weightsBytes": model.manifest.weights.bytes,
            "weightsDigest": model.manifest.weights.sha256,
            "partBytes": PageResources.partBytes,
        ]
        described["manifest"] = Self.short(model.manifestBytes)
        var request: [String: Any] = ["model": described]
        request["variant"] = variant
        return try await call("load", request, deadline: deadline)
    }

    /// A manifest that is short enough to come with the call, nil for others: nothing is fetched for it then.
    static func short(_ manifest: [UInt8]) -> String? {
        manifest.count <= 16 << 10 ? String(validating: manifest, as: UTF8.self) : nil
    }

    func inputs(
        _ bytes: [UInt8], digest: Digest, count: UInt64, deadline: Duration
    ) async throws -> PageAnswer.Inputs {
        resources.add(inputs: bytes, digest: digest)
        defer { resources.removeInputs(digest) }
        let request: [String: Any] = [
            "id": digest.description, "url": PageResources.inputsPath(digest), "bytes": bytes.count,
            "count": count, "partBytes": PageResources.partBytes,
        ]
        return try await call("inputs", request, deadline: deadline)
    }

    func run(
        model: Digest, inputs: Digest, items: Range<UInt64>, deadline: Duration
    ) async throws -> (answer: PageAnswer.Run, outputs: [UInt8]) {
        let request: [String: Any] = [
            "model": model.description, "inputs": inputs.description, "first": items.lowerBound,
            "count": items.count,
        ]
        let raw = try await answer("run", request, deadline: deadline)
        let answer = try raw.decode(PageAnswer.Run.self)
        return (answer, raw.member("outputs")?.bytes ?? [])
    }

    func call<Answer: Decodable>(
        _ function: String, _ request: [String: Any], deadline: Duration
    ) async throws -> Answer {
        try await answer(function, request, deadline: deadline).decode(Answer.self)
    }

    /// Calls a function of the contract and gives its answer if that is `ok`.
    func answer(_ function: String, _ request: [String: Any], deadline: Duration) async throws
        -> RawJSON
    {
        let json = try JSONSerialization.data(withJSONObject: request, options: [.sortedKeys])
        // As one string: the browser takes a value apart number by number.
        let call = "weir.\(function)(\(String(decoding: json, as: UTF8.self)))"
        let answered = try await session.evaluate(
            "\(call).then((answer) => JSON.stringify(answer))", deadline: deadline)
        guard let raw = answered.embedded() else {
            throw PageFault(kind: "internal", message: "\(function) answered with no text")
        }
        if raw.member("ok")?.description == "true" { return raw }
        guard let fault = try raw.member("error")?.decode(PageFault.self) else {
            throw PageFault(kind: "internal", message: "\(function) failed without saying why")
        }
        throw fault
    }
}
