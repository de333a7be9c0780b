import ChromePipe
import Pool
import PoolEngine

/// Runs a model that has a manifest on ONNX Runtime Web, over the files of one effect.
///
/// Items go to the page in their order, one call after the other: a model may carry a state from each to the next. The
/// state is recorded with the results of every call, so that another run goes on from there.
struct RecipeRun: PageRun {
    let setting: RunSetting

    /// Whether a task on ONNX Runtime Web names a model of the catalog, and no path of a model or a suite.
    static func isFor(_ spec: TaskSpec) -> Bool { !spec.model.hasPrefix("/") }

    private var effect: Effect.Run { setting.effect }
    private var page: RuntimePage { setting.page }
    private var configuration: BrowserExecutor.Configuration { setting.configuration }

    /// Brings the model into the page and runs its first item: the runtime compiles shaders by running.
    func prepare() async throws -> LoadedModel {
        let model = try configuration.catalog.model(of: effect.spec)
        let end = ContinuousClock.now + configuration.loadDeadline
        let loaded = try await load(model)
        let inputs = try await loadInputs(deadline: end - .now)
        _ = try await page.run(
            model, on: effect.backend, inputs: inputs, items: 0..<1, state: nil,
            deadline: setting.runDeadline(isFirst: true))
        return loaded
    }

    func perform(_ report: RunReporter) async throws {
        let model = try configuration.catalog.model(of: effect.spec)
        let end = ContinuousClock.now + configuration.loadDeadline
        let loaded = try await load(model)
        let inputs = try await loadInputs(deadline: end - .now)
        await report(setting.started(loaded))
        let ran = try await runItems(of: model, inputs: inputs, report)
        await report(setting.completed(loaded, runMs: ran.runMs, cold: loaded.cold || ran.cold))
    }

    private func load(_ model: ModelPackage) async throws -> LoadedModel {
        let runtime = try page.addRuntime(in: configuration.catalog)
        return LoadedModel(
            model.name, model.digest, on: runtime,
            try await page.load(
                model, on: effect.backend, with: runtime, deadline: configuration.loadDeadline))
    }

    private func loadInputs(deadline: Duration) async throws -> Digest {
        let inputs = try setting.payloadBytes(effect.spec.inputs)
        let digest = Digest(sha256: inputs)
        _ = try await page.files(
            inputs, digest: digest, count: effect.spec.inputsCount, deadline: deadline)
        return digest
    }

    private func runItems(
        of model: ModelPackage, inputs: Digest, _ report: RunReporter
    ) async throws -> (runMs: Double, cold: Bool) {
        let check = OutputCheck(kind: model.manifest.output.kind)
        var next = effect.items.lowerBound
        var state = try effect.checkpoint.map(setting.payloadBytes)
        var runMs = 0.0
        var isCold = false
        var pacing = BatchPacing(most: effect.spec.batchItems, intervalMs: effect.syncIntervalMs)
        while next < effect.items.upperBound {
            try Task.checkCancellation()
            let began = ContinuousClock.now
            let asked = next..<min(effect.items.upperBound, next + pacing.items)
            let (answer, outputs): (PageAnswer.RecipeRun, [UInt8])
            do {
                (answer, outputs) = try await page.run(
                    model, on: effect.backend, inputs: inputs, items: asked, state: state,
                    deadline: configuration.dispatchDeadline)
            } catch let fault as PageFault {
                try await page.renew(after: fault, deadline: configuration.pageDeadline)
                throw fault
            }
            try Task.checkCancellation()
            let took = (ContinuousClock.now - began).milliseconds
            guard (1...asked.count).contains(answer.items) else {
                throw PageFault(
                    kind: "output_invalid", message: "\(answer.items) items were answered of \(asked)")
            }
            let done = next..<next + UInt64(answer.items)
            try check.check(outputs, of: done)
            state = answer.state.map { [UInt8]($0) }
            isCold = isCold || answer.cold
            pacing.took(took, items: done.count)
            runMs += took
            next = done.upperBound
            setting.meter.count(items: done.count, runMs: took)
            await report(setting.progressed(done, outputs, runMs: took, state: state))
        }
        return (runMs, isCold)
    }
}
