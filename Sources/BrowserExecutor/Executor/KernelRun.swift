import ChromePipe
import Pool
import PoolEngine

/// Runs a folder of kernels on the data sets of one effect, and compares what comes out with what is expected.
struct KernelRun: PageRun {
    let setting: RunSetting

    /// Whether a task is of this kind: its model is the absolute path of a folder, which no model's name is.
    static func isFor(_ spec: TaskSpec) -> Bool {
        spec.runtime == KernelModel.runtime && spec.model.hasPrefix("/")
    }

    private var effect: Effect.Run { setting.effect }
    private var page: RuntimePage { setting.page }
    private var configuration: BrowserExecutor.Configuration { setting.configuration }

    func prepare() async throws -> LoadedModel { try await load(setting.kernelModels.model(of: effect.spec)) }

    /// Brings the model into the page and compiles its kernels.
    private func load(_ model: KernelModel) async throws -> LoadedModel {
        LoadedModel(
            effect.spec.model, model.digest, in: page,
            try await page.load(model, deadline: configuration.loadDeadline))
    }

    func perform(_ report: RunReporter) async throws {
        let model = try setting.kernelModels.model(of: effect.spec)
        let file = try dataSets(for: model)
        let end = ContinuousClock.now + configuration.loadDeadline
        let loaded = try await load(model)
        let packed = file.dataSets.flatMap { $0.inputs.flatMap(\.bytes) }
        let inputs = packed.isEmpty ? nil : Digest(sha256: packed)
        if let inputs {
            _ = try await page.inputs(
                packed: packed, digest: inputs, count: file.dataSets.count, deadline: end - .now)
        }
        await report(setting.started(loaded))
        var runMs = 0.0
        var isCold = loaded.cold
        try await setting.buffered(report) { results in
            for item in effect.items {
                try Task.checkCancellation()
                let began = ContinuousClock.now
                let answer = try await page.run(
                    model, inputs: inputs, item: item, deadline: configuration.dispatchDeadline)
                try Task.checkCancellation()
                let took = (ContinuousClock.now - began).milliseconds
                let set = file.dataSets[Int(item % UInt64(file.dataSets.count))]
                let result = try DataSetResult(checking: answer.outputs, of: set, file.tolerance)
                isCold = isCold || answer.cold
                runMs += took
                await results.add(item..<item + 1, Array("[\(result.json)]".utf8), runMs: took)
            }
        }
        await report(setting.completed(loaded, runMs: runMs, cold: isCold))
    }

    private func dataSets(for model: KernelModel) throws -> DataSetFile {
        let (file, _) = try setting.dataSets()
        let wanted = model.manifest.inputs.map { model.manifest.tensors[$0]?.byteCount }
        guard !file.dataSets.isEmpty, file.dataSets.allSatisfy({ $0.inputs.map(\.bytes.count) == wanted })
        else {
            throw RunRefusal(
                failure: .inputInvalid, detail: "the task's inputs are not those of \(model.name)")
        }
        return file
    }
}
