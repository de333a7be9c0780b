import ChromePipe
import Pool
import PoolEngine

/// Runs an ONNX model on the data sets of one effect, and compares what comes out with what is expected.
struct OnnxRun: PageRun {
    private let effect: Effect.Run
    private let page: RuntimePage
    private let browser: String
    private let configuration: BrowserExecutor.Configuration
    private let payloadBytes: @Sendable (Payload) throws -> [UInt8]

    init(
        _ effect: Effect.Run, page: RuntimePage, browser: String,
        configuration: BrowserExecutor.Configuration,
        payloadBytes: @escaping @Sendable (Payload) throws -> [UInt8]
    ) {
        self.effect = effect
        self.page = page
        self.browser = browser
        self.configuration = configuration
        self.payloadBytes = payloadBytes
    }

    /// - Throws: `PageFault`, `PageError`, `RunRefusal`, or `CancellationError`.
    func perform(_ report: @Sendable (Report) async -> Void) async throws {
        let model = try resolveModel()
        let runtime = try page.addRuntime(in: configuration.catalog)
        let inputs = try payloadBytes(effect.spec.inputs)
        let file: DataSetFile
        do {
            file = try DataSetFile(encoded: inputs)
        } catch {
            throw RunRefusal(failure: .inputInvalid, detail: "\(error)")
        }
        let end = ContinuousClock.now + configuration.loadDeadline
        let loaded = try await page.load(
            model, on: effect.backend, with: runtime, deadline: configuration.loadDeadline)
        let digest = Digest(sha256: inputs)
        _ = try await page.inputs(
            inputs, digest: digest, count: UInt64(file.dataSets.count), deadline: end - .now)
        await report(
            Report(
                RunStarted(
                    obligation: effect.obligation, allocation: effect.allocation, loadMs: loaded.loadMs,
                    compileMs: 0, cold: loaded.cold, runtime: runtime.description)))
        var runMs = 0.0
        var isCold = loaded.cold
        for item in effect.items {
            try Task.checkCancellation()
            let began = ContinuousClock.now
            let answer: PageAnswer.OnnxRun
            do {
                answer = try await page.run(
                    model, on: effect.backend, inputs: digest, item: item,
                    deadline: configuration.dispatchDeadline)
            } catch let fault as PageFault {
                try await page.renew(after: fault, deadline: configuration.pageDeadline)
                throw fault
            }
            try Task.checkCancellation()
            let took = (ContinuousClock.now - began).milliseconds
            let set = file.dataSets[Int(item % UInt64(file.dataSets.count))]
            let result = try result(of: answer, for: set, file.tolerance, nodes: loaded.nodes)
            isCold = isCold || answer.cold
            runMs += took
            let (payload, blobs) = Payload.storing(Array("[\(result)]".utf8))
            await report(
                Report(
                    RunProgressed(
                        obligation: effect.obligation, allocation: effect.allocation, firstItem: item,
                        itemCount: 1, outputs: payload, runMs: took),
                    blobs: blobs))
        }
        let metrics = RunMetrics(
            queueMs: Double(effect.queueNs) / 1e6, loadMs: loaded.loadMs, compileMs: 0, runMs: runMs,
            cold: isCold, items: UInt64(effect.items.count))
        var adapter = loaded.adapter.map(Adapter.init)
        adapter?.features = []
        adapter?.limits = []
        let provenance = Provenance(
            backend: effect.backend, adapter: adapter, browser: browser, runtime: runtime.description,
            model: effect.spec.model, modelDigest: model.digest, simulated: false, cold: isCold,
            batchItems: effect.spec.batchItems,
            nodes: loaded.nodes.sorted { $0.key < $1.key }.compactMap { name, count in
                Backend(name: name).map { BackendNodes(backend: $0, nodes: UInt32(clamping: count)) }
            })
        await report(
            Report(
                RunCompleted(
                    obligation: effect.obligation, allocation: effect.allocation, metrics: metrics,
                    provenance: provenance)))
    }

    /// Brings the model into the page; its shaders are compiled by its first run.
    ///
    /// - Throws: As `perform`.
    func prepare() async throws -> PreparedModel {
        let loaded = try await page.load(
            try resolveModel(), on: effect.backend, with: try page.addRuntime(in: configuration.catalog),
            deadline: configuration.loadDeadline)
        return PreparedModel(loadMs: loaded.loadMs, compileMs: 0)
    }

    private func resolveModel() throws(RunRefusal) -> OnnxModel {
        let model: OnnxModel
        do {
            model = try OnnxModel(path: effect.spec.model)
        } catch {
            throw RunRefusal(failure: .modelMissing, detail: "\(error)")
        }
        guard model.digest == effect.spec.modelDigest else {
            let detail =
                "\(model.path) is not the model any more that was submitted (\(effect.spec.modelDigest))"
            throw RunRefusal(failure: .modelMissing, detail: detail)
        }
        return model
    }

    /// The result of an item, one JSON object. Outputs that were compared are not repeated in it.
    private func result(
        of answer: PageAnswer.OnnxRun, for set: DataSet, _ tolerance: Tolerance, nodes: [String: Int]
    ) throws -> String {
        let outputs = answer.outputs.first?.tensors.compactMap(\.tensor) ?? []
        guard outputs.count == answer.outputs.first?.tensors.count else {
            throw PageFault(kind: "output_invalid", message: "\(set.name): an output has not its own shape")
        }
        var difference: Double?
        if let expected = set.expected {
            do {
                difference = try tolerance.check(outputs, against: expected)
            } catch {
                throw RunRefusal(failure: .outputMismatch, detail: "\(set.name): \(error)")
            }
        }
        return DataSetResult(
            dataset: set.name, matched: difference.map { _ in true }, maxAbsDiff: difference, nodes: nodes,
            outputs: difference == nil ? outputs : nil
        ).json
    }
}
