import ChromePipe
import Pool
import PoolEngine

/// Runs the items of one effect in a page, batch by batch, and reports each batch's results.
struct ModelRun: PageRun {
    private let effect: Effect.Run
    private let page: RuntimePage
    private let browser: String
    private let configuration: BrowserExecutor.Configuration
    private let payloadBytes: @Sendable (Payload) throws -> [UInt8]

    /// Batches under way in the page at once: the next is queued there while the results of one are on their way.
    private static let depth = 2

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

    /// Brings the model into the page and compiles its shaders.
    ///
    /// - Throws: As `perform`.
    func prepare() async throws -> PreparedModel {
        let loaded = try await page.load(
            try configuration.catalog.model(of: effect.spec), deadline: configuration.loadDeadline)
        return PreparedModel(
            loadMs: max(0, loaded.loadMs - loaded.compileMs), compileMs: loaded.compileMs)
    }

    private typealias Batch = Task<(answer: PageAnswer.Run, outputs: [UInt8]), any Error>

    /// - Throws: `PageFault`, `PageError`, `RunRefusal`, or `CancellationError`.
    func perform(_ report: @Sendable (Report) async -> Void) async throws {
        let model = try configuration.catalog.model(of: effect.spec)
        let end = ContinuousClock.now + configuration.loadDeadline
        let loaded = try await page.load(model, deadline: configuration.loadDeadline)
        let inputs = try await loadInputs(deadline: end - ContinuousClock.now)
        let compileMs = loaded.compileMs
        let loadMs = max(0, loaded.loadMs - compileMs)
        let runtime = "\(page.runtime) \(Self.runtimeContract)"
        await report(
            Report(
                RunStarted(
                    obligation: effect.obligation, allocation: effect.allocation, loadMs: loadMs,
                    compileMs: compileMs, cold: loaded.cold, runtime: runtime)))
        let ran = try await runBatches(model: model, inputs: inputs, report)
        let isCold = loaded.cold || ran.cold
        let metrics = RunMetrics(
            queueMs: Double(effect.queueNs) / 1e6, loadMs: loadMs, compileMs: compileMs, runMs: ran.runMs,
            cold: isCold, items: UInt64(effect.items.count))
        var adapter = Adapter(loaded.adapter)
        adapter.features = []
        adapter.limits = []
        let provenance = Provenance(
            backend: effect.backend, adapter: adapter, browser: browser, runtime: runtime,
            model: model.name, modelDigest: model.digest, simulated: false, cold: isCold,
            batchItems: effect.spec.batchItems, variant: loaded.variant)
        await report(
            Report(
                RunCompleted(
                    obligation: effect.obligation, allocation: effect.allocation, metrics: metrics,
                    provenance: provenance)))
    }

    /// Version of the contract between the executor and an in-page runtime.
    static let runtimeContract = 1

    private func loadInputs(deadline: Duration) async throws -> Digest {
        let bytes = try payloadBytes(effect.spec.inputs)
        let digest = Digest(sha256: bytes)
        _ = try await page.inputs(bytes, digest: digest, count: effect.spec.inputsCount, deadline: deadline)
        return digest
    }

    private func runBatches(
        model: ModelPackage, inputs: Digest, _ report: @Sendable (Report) async -> Void
    ) async throws -> (runMs: Double, cold: Bool) {
        var underWay: [(items: Range<UInt64>, batch: Batch)] = []
        defer { for (_, batch) in underWay { batch.cancel() } }
        var next = effect.items.lowerBound
        var runMs = 0.0
        var isCold = false
        // Batches overlap, so each is charged from the end of the one before: the times add up to the run's.
        var chargedUntil = ContinuousClock.now
        while next < effect.items.upperBound || !underWay.isEmpty {
            while underWay.count < Self.depth, next < effect.items.upperBound {
                let items = next..<min(effect.items.upperBound, next + UInt64(effect.spec.batchItems))
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
            runMs += took
            isCold = isCold || answer.cold
            let (payload, blobs) = Payload.storing(outputs)
            await report(
                Report(
                    RunProgressed(
                        obligation: effect.obligation, allocation: effect.allocation,
                        firstItem: items.lowerBound, itemCount: UInt64(items.count), outputs: payload,
                        runMs: took),
                    blobs: blobs))
        }
        return (runMs, isCold)
    }
}
