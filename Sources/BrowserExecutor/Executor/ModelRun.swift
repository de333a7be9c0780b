import ChromePipe
import Pool
import PoolEngine

/// Runs the items of one effect in a page, batch by batch, and reports each batch's results.
struct ModelRun: PageRun {
    let setting: RunSetting

    /// Batches under way in the page at once: the next is queued there while the results of one are on their way.
    private static let depth = 2

    private var effect: Effect.Run { setting.effect }
    private var page: RuntimePage { setting.page }
    private var configuration: BrowserExecutor.Configuration { setting.configuration }

    func prepare() async throws -> LoadedModel { try await load(resolveModel()) }

    private func resolveModel() throws -> ModelPackage { try configuration.catalog.model(of: effect.spec) }

    /// Brings the model into the page and compiles its shaders.
    private func load(_ model: ModelPackage) async throws -> LoadedModel {
        LoadedModel(
            model.name, model.digest, in: page,
            try await page.load(model, deadline: configuration.loadDeadline))
    }

    func perform(_ report: RunReporter) async throws {
        let model = try resolveModel()
        let end = ContinuousClock.now + configuration.loadDeadline
        let loaded = try await load(model)
        let inputs = try await loadInputs(deadline: end - ContinuousClock.now)
        await report(setting.started(loaded))
        let ran = try await setting.buffered(report) { results in
            try await runBatches(model: model, inputs: inputs, into: results)
        }
        await report(setting.completed(loaded, runMs: ran.runMs, cold: loaded.cold || ran.cold))
    }

    private typealias Batch = Task<(answer: PageAnswer.Run, outputs: [UInt8]), any Error>

    private func loadInputs(deadline: Duration) async throws -> Digest {
        let bytes = try setting.payloadBytes(effect.spec.inputs)
        let digest = Digest(sha256: bytes)
        _ = try await page.inputs(bytes, digest: digest, count: effect.spec.inputsCount, deadline: deadline)
        return digest
    }

    private func runBatches(
        model: ModelPackage, inputs: Digest, into results: ResultBuffer
    ) async throws -> (runMs: Double, cold: Bool) {
        var underWay: [(items: Range<UInt64>, batch: Batch)] = []
        defer { for (_, batch) in underWay { batch.cancel() } }
        var next = effect.items.lowerBound
        var runMs = 0.0
        var isCold = false
        // Batches overlap, so each is charged from the end of the one before: the times add up to the run's.
        var chargedUntil = ContinuousClock.now
        var pacing = BatchPacing(most: effect.spec.batchItems, intervalMs: effect.syncIntervalMs)
        while next < effect.items.upperBound || !underWay.isEmpty {
            while underWay.count < Self.depth, next < effect.items.upperBound {
                let items = next..<min(effect.items.upperBound, next + pacing.items)
                next = items.upperBound
                let (page, digest, deadline) = (page, model.digest, configuration.dispatchDeadline)
                underWay.append(
                    (
                        items,
                        Task {
                            try await page.run(
                                model: digest, inputs: inputs, items: items, deadline: deadline)
                        }
                    )
                )
            }
            let (items, batch) = underWay.removeFirst()
            let (answer, outputs) = try await withTaskCancellationHandler {
                try await batch.value
            } onCancel: {
                batch.cancel()
            }
            try Task.checkCancellation()
            try OutputCheck(kind: model.manifest.output.kind).check(outputs, of: items)
            let took = (ContinuousClock.now - chargedUntil).milliseconds
            chargedUntil = ContinuousClock.now
            pacing.took(took, items: items.count)
            runMs += took
            isCold = isCold || answer.cold
            await results.add(items, outputs, runMs: took)
        }
        return (runMs, isCold)
    }
}
