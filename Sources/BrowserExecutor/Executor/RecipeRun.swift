import ChromePipe
import Pool
import PoolEngine

/// Runs a model that has a manifest on ONNX Runtime Web, over the files of one effect.
///
/// Items go to the page in their order, one call after the other: a model may carry a state from each to the next. The
/// state is recorded with the results of every call, so that another run goes on from there.
struct RecipeRun: PageRun {
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

    /// Brings the model into the page; its shaders are compiled by its first run.
    ///
    /// - Throws: As `perform`.
    func prepare() async throws -> PreparedModel {
        let model = try configuration.catalog.model(of: effect.spec)
        let loaded = try await page.load(
            model, on: effect.backend, with: try page.addRuntime(in: configuration.catalog),
            deadline: configuration.loadDeadline)
        return PreparedModel(
            loadMs: loaded.loadMs, compileMs: 0, fetchedBytes: Self.fetchedBytes(of: model, loaded))
    }

    /// Bytes that a load has brought into the page.
    private static func fetchedBytes(of model: ModelPackage, _ loaded: PageAnswer.OnnxLoad) -> UInt64 {
        loaded.cold ? UInt64(model.manifest.weights.bytes) : 0
    }

    /// - Throws: `PageFault`, `PageError`, `RunRefusal`, or `CancellationError`.
    func perform(_ report: @Sendable (Report) async -> Void) async throws {
        let model = try configuration.catalog.model(of: effect.spec)
        let runtime = try page.addRuntime(in: configuration.catalog)
        let end = ContinuousClock.now + configuration.loadDeadline
        let loaded = try await page.load(
            model, on: effect.backend, with: runtime, deadline: configuration.loadDeadline)
        let inputs = try payloadBytes(effect.spec.inputs)
        let digest = Digest(sha256: inputs)
        _ = try await page.files(
            inputs, digest: digest, count: effect.spec.inputsCount, deadline: end - .now)
        await report(
            Report(
                RunStarted(
                    obligation: effect.obligation, allocation: effect.allocation, loadMs: loaded.loadMs,
                    compileMs: 0, cold: loaded.cold, runtime: runtime.description,
                    fetchedBytes: Self.fetchedBytes(of: model, loaded))))
        let ran = try await runItems(of: model, inputs: digest, report)
        let isCold = loaded.cold || ran.cold
        let metrics = RunMetrics(
            queueMs: Double(effect.queueNs) / 1e6, loadMs: loaded.loadMs, compileMs: 0, runMs: ran.runMs,
            cold: isCold, items: UInt64(effect.items.count))
        var adapter = loaded.adapter.map(Adapter.init)
        adapter?.features = []
        adapter?.limits = []
        let provenance = Provenance(
            backend: effect.backend, adapter: adapter, browser: browser, runtime: runtime.description,
            model: model.name, modelDigest: model.digest, simulated: false, cold: isCold,
            batchItems: effect.spec.batchItems, nodes: Self.nodes(loaded.nodes))
        await report(
            Report(
                RunCompleted(
                    obligation: effect.obligation, allocation: effect.allocation, metrics: metrics,
                    provenance: provenance)))
    }

    private func runItems(
        of model: ModelPackage, inputs: Digest, _ report: @Sendable (Report) async -> Void
    ) async throws -> (runMs: Double, cold: Bool) {
        let check = OutputCheck(kind: model.manifest.output.kind)
        var next = effect.items.lowerBound
        var state = try effect.checkpoint.map(payloadBytes)
        var runMs = 0.0
        var isCold = false
        while next < effect.items.upperBound {
            try Task.checkCancellation()
            let began = ContinuousClock.now
            let asked = next..<min(effect.items.upperBound, next + UInt64(effect.spec.batchItems))
            let (answer, outputs) = try await page.run(
                model, on: effect.backend, inputs: inputs, items: asked, state: state,
                deadline: configuration.dispatchDeadline)
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
            runMs += took
            next = done.upperBound
            await report(progress(done, outputs, state, runMs: took))
        }
        return (runMs, isCold)
    }

    private func progress(
        _ done: Range<UInt64>, _ outputs: [UInt8], _ state: [UInt8]?, runMs: Double
    ) -> Report {
        let results = Payload.storing(outputs)
        let carried = state.map(Payload.storing)
        return Report(
            RunProgressed(
                obligation: effect.obligation, allocation: effect.allocation, firstItem: done.lowerBound,
                itemCount: UInt64(done.count), outputs: results.payload, runMs: runMs,
                state: carried?.payload),
            blobs: results.blobs + (carried?.blobs ?? []))
    }

    /// The compute nodes of each backend; what the page calls otherwise is no backend.
    private static func nodes(_ counts: [String: Int]) -> [BackendNodes] {
        counts.sorted { $0.key < $1.key }.compactMap { name, count in
            Backend(name: name).map { BackendNodes(backend: $0, nodes: UInt32(clamping: count)) }
        }
    }
}
