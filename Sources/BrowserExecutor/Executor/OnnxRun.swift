import ChromePipe
import Pool
import PoolEngine

/// Runs an ONNX model on the data sets of one effect, and compares what comes out with what is expected.
struct OnnxRun: PageRun {
    let setting: RunSetting

    private var effect: Effect.Run { setting.effect }
    private var page: RuntimePage { setting.page }
    private var configuration: BrowserExecutor.Configuration { setting.configuration }

    /// Brings the model into the page and runs it once: the runtime compiles shaders by running.
    func prepare() async throws -> LoadedModel {
        let model = try OnnxModel(of: effect.spec)
        let (file, encoded) = try setting.dataSets()
        let end = ContinuousClock.now + configuration.loadDeadline
        let (loaded, _) = try await load(model)
        let inputs = try await load(encoded, count: file.dataSets.count, deadline: end - .now)
        _ = try await run(model, inputs, 0, isFirst: true)
        return loaded
    }

    func perform(_ report: RunReporter) async throws {
        let model = try OnnxModel(of: effect.spec)
        let (file, encoded) = try setting.dataSets()
        let end = ContinuousClock.now + configuration.loadDeadline
        let (loaded, nodes) = try await load(model)
        let inputs = try await load(encoded, count: file.dataSets.count, deadline: end - .now)
        await report(setting.started(loaded))
        var runMs = 0.0
        var isCold = loaded.cold
        try await setting.buffered(report) { results in
            for item in effect.items {
                try Task.checkCancellation()
                let began = ContinuousClock.now
                let answer = try await run(model, inputs, item, isFirst: item == effect.items.lowerBound)
                try Task.checkCancellation()
                let took = (ContinuousClock.now - began).milliseconds
                let set = file.dataSets[Int(item % UInt64(file.dataSets.count))]
                let result = try DataSetResult(
                    checking: answer.outputs, of: set, file.tolerance, nodes: nodes)
                isCold = isCold || answer.cold
                runMs += took
                await results.add(item..<item + 1, Array("[\(result.json)]".utf8), runMs: took)
            }
        }
        await report(setting.completed(loaded, runMs: runMs, cold: isCold))
    }

    private func load(_ model: OnnxModel) async throws -> (LoadedModel, nodes: [String: Int]) {
        let runtime = try page.addRuntime(in: configuration.catalog)
        let answer = try await page.load(
            model, on: effect.backend, with: runtime, deadline: configuration.loadDeadline)
        return (LoadedModel(effect.spec.model, model.digest, on: runtime, answer), answer.nodes)
    }

    private func load(_ inputs: [UInt8], count: Int, deadline: Duration) async throws -> Digest {
        let digest = Digest(sha256: inputs)
        _ = try await page.inputs(inputs, digest: digest, count: UInt64(count), deadline: deadline)
        return digest
    }

    private func run(
        _ model: OnnxModel, _ inputs: Digest, _ item: UInt64, isFirst: Bool
    ) async throws -> PageAnswer.TensorRun {
        do {
            return try await page.run(
                model, on: effect.backend, inputs: inputs, item: item,
                deadline: setting.runDeadline(isFirst: isFirst))
        } catch let fault as PageFault {
            try await page.renew(after: fault, deadline: configuration.pageDeadline)
            throw fault
        }
    }
}
