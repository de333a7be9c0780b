import ChromePipe
import Pool
import PoolEngine

/// Runs a folder of kernels on the data sets of one effect, and compares what comes out with what is expected.
struct KernelRun: PageRun {
    private let effect: Effect.Run
    private let page: RuntimePage
    private let browser: String
    private let configuration: BrowserExecutor.Configuration
    private let payloadBytes: @Sendable (Payload) throws -> [UInt8]

    /// Whether a task is of this kind: its model is the absolute path of a folder, which no model's name is.
    static func isFor(_ spec: TaskSpec) -> Bool {
        spec.runtime == KernelModel.runtime && spec.model.hasPrefix("/")
    }

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
        let file = try dataSets(for: model)
        let end = ContinuousClock.now + configuration.loadDeadline
        let loaded = try await page.load(model, deadline: configuration.loadDeadline)
        let packed = file.dataSets.flatMap { $0.inputs.flatMap(\.bytes) }
        let inputs = packed.isEmpty ? nil : Digest(sha256: packed)
        if let inputs {
            _ = try await page.inputs(
                packed: packed, digest: inputs, count: file.dataSets.count, deadline: end - .now)
        }
        let runtime = "\(page.runtime) \(ModelRun.runtimeContract)"
        let loadMs = max(0, loaded.loadMs - loaded.compileMs)
        await report(
            Report(
                RunStarted(
                    obligation: effect.obligation, allocation: effect.allocation, loadMs: loadMs,
                    compileMs: loaded.compileMs, cold: loaded.cold, runtime: runtime)))
        var runMs = 0.0
        var isCold = loaded.cold
        for item in effect.items {
            try Task.checkCancellation()
            let began = ContinuousClock.now
            let answer = try await page.run(
                model, inputs: inputs, item: item, deadline: configuration.dispatchDeadline)
            try Task.checkCancellation()
            let took = (ContinuousClock.now - began).milliseconds
            let set = file.dataSets[Int(item % UInt64(file.dataSets.count))]
            let result = try Self.result(of: answer, for: set, file.tolerance)
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
            queueMs: Double(effect.queueNs) / 1e6, loadMs: loadMs, compileMs: loaded.compileMs, runMs: runMs,
            cold: isCold, items: UInt64(effect.items.count))
        var adapter = Adapter(loaded.adapter)
        adapter.features = []
        adapter.limits = []
        let provenance = Provenance(
            backend: effect.backend, adapter: adapter, browser: browser, runtime: runtime,
            model: effect.spec.model, modelDigest: model.digest, simulated: false, cold: isCold,
            batchItems: effect.spec.batchItems)
        await report(
            Report(
                RunCompleted(
                    obligation: effect.obligation, allocation: effect.allocation, metrics: metrics,
                    provenance: provenance)))
    }

    /// Brings the model into the page and compiles its kernels.
    ///
    /// - Throws: As `perform`.
    func prepare() async throws -> PreparedModel {
        let loaded = try await page.load(try resolveModel(), deadline: configuration.loadDeadline)
        return PreparedModel(
            loadMs: max(0, loaded.loadMs - loaded.compileMs), compileMs: loaded.compileMs)
    }

    private func resolveModel() throws(RunRefusal) -> KernelModel {
        let model: KernelModel
        do {
            model = try KernelModel(folder: effect.spec.model)
        } catch {
            throw RunRefusal(failure: .modelMissing, detail: "\(error)")
        }
        guard model.digest == effect.spec.modelDigest else {
            let detail =
                "\(model.folder) is not the model any more that was submitted (\(effect.spec.modelDigest)): "
                + "its manifest or a file that it names has changed"
            throw RunRefusal(failure: .modelMissing, detail: detail)
        }
        return model
    }

    private func dataSets(for model: KernelModel) throws -> DataSetFile {
        let bytes = try payloadBytes(effect.spec.inputs)
        let file: DataSetFile
        do {
            file = try DataSetFile(encoded: bytes)
        } catch {
            throw RunRefusal(failure: .inputInvalid, detail: "\(error)")
        }
        let wanted = model.manifest.inputs.map { model.manifest.tensors[$0]?.byteCount }
        guard !file.dataSets.isEmpty, file.dataSets.allSatisfy({ $0.inputs.map(\.bytes.count) == wanted })
        else {
            throw RunRefusal(
                failure: .inputInvalid, detail: "the task's inputs are not those of \(model.name)")
        }
        return file
    }

    /// The result of an item, one JSON object. Outputs that were compared are not repeated in it.
    private static func result(
        of answer: PageAnswer.KernelRun, for set: DataSet, _ tolerance: Tolerance
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
            dataset: set.name, matched: difference.map { _ in true }, maxAbsDiff: difference, nodes: nil,
            outputs: difference == nil ? outputs : nil
        ).json
    }
}
