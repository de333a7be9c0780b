import ChromePipe
import Foundation
import Pool
import PoolEngine

/// Runs cases of a suite of ONNX models, each in a session of its own that is released after it.
///
/// A case that goes wrong has a result that says so, and the next one runs. Only what is wrong with the browser, or with
/// the suite itself, ends the run.
struct SuiteRun: PageRun {
    private let effect: Effect.Run
    private let page: RuntimePage
    private let browser: String
    private let configuration: BrowserExecutor.Configuration
    private let payloadBytes: @Sendable (Payload) throws -> [UInt8]
    private let casualties: SuiteCasualties

    init(
        _ effect: Effect.Run, page: RuntimePage, browser: String,
        configuration: BrowserExecutor.Configuration,
        payloadBytes: @escaping @Sendable (Payload) throws -> [UInt8], casualties: SuiteCasualties
    ) {
        self.effect = effect
        self.page = page
        self.browser = browser
        self.configuration = configuration
        self.payloadBytes = payloadBytes
        self.casualties = casualties
    }

    /// - Throws: `PageFault`, `PageError`, `RunRefusal`, or `CancellationError`.
    func perform(_ report: @Sendable (Report) async -> Void) async throws {
        let suite = try decodeSuite()
        let runtime = try page.addRuntime(in: configuration.catalog)
        let began = ContinuousClock.now
        // Asked of the page and not of a case: the suite has an adapter also if no case comes to use it.
        let adapter =
            effect.backend == .webgpu
            ? try await page.probe(deadline: configuration.loadDeadline).adapter : nil
        let loadMs = (ContinuousClock.now - began).milliseconds
        await report(
            Report(
                RunStarted(
                    obligation: effect.obligation, allocation: effect.allocation, loadMs: loadMs,
                    compileMs: 0,
                    cold: true, runtime: runtime.description)))
        var runMs = 0.0
        for item in effect.items {
            try Task.checkCancellation()
            let result = try await result(of: item, in: suite, runtime)
            try Task.checkCancellation()
            casualties.end(caseID(item), on: effect.incarnation)
            runMs += result.ms
            let (payload, blobs) = Payload.storing(Array("[\(result.json)]".utf8))
            await report(
                Report(
                    RunProgressed(
                        obligation: effect.obligation, allocation: effect.allocation, firstItem: item,
                        itemCount: 1, outputs: payload, runMs: result.ms),
                    blobs: blobs))
        }
        var used = adapter.map(Adapter.init)
        used?.features = []
        used?.limits = []
        let metrics = RunMetrics(
            queueMs: Double(effect.queueNs) / 1e6, loadMs: loadMs, compileMs: 0, runMs: runMs, cold: true,
            items: UInt64(effect.items.count))
        let provenance = Provenance(
            backend: effect.backend, adapter: used, browser: browser, runtime: runtime.description,
            model: effect.spec.model, modelDigest: effect.spec.modelDigest, simulated: false, cold: true,
            batchItems: effect.spec.batchItems)
        await report(
            Report(
                RunCompleted(
                    obligation: effect.obligation, allocation: effect.allocation, metrics: metrics,
                    provenance: provenance)))
    }

    /// Brings the runtime to the page. A suite's models are loaded one by one as its cases run.
    func prepare() async throws -> PreparedModel {
        _ = try page.addRuntime(in: configuration.catalog)
        return PreparedModel(loadMs: 0, compileMs: 0)
    }

    private func caseID(_ item: UInt64) -> SuiteCasualties.CaseID { .init(task: effect.task, item: item) }

    private func decodeSuite() throws -> OnnxSuite {
        let payload = try payloadBytes(effect.spec.inputs)
        do {
            return try OnnxSuite(encoded: payload)
        } catch {
            throw RunRefusal(failure: .inputInvalid, detail: "the task's inputs are no suite: \(error)")
        }
    }

    private func result(
        of item: UInt64, in suite: OnnxSuite, _ runtime: RuntimeInstallation
    ) async throws -> SuiteCaseResult {
        let entry = suite.cases[Int(item % UInt64(suite.cases.count))]
        if let evidence = casualties.begin(caseID(item), on: effect.incarnation) {
            var result = SuiteCaseResult(name: entry.name, status: .failed)
            result.operators = (try? OnnxModel(path: suite.folder(of: entry)))?.graph.distinctOperators ?? []
            result.detail =
                "it took the browser down \(evidence.count) times: " + evidence.joined(separator: "; ")
            return result
        }
        let began = ContinuousClock.now
        do {
            var result = try await SuiteCaseRun(
                page: page, runtime: runtime, backend: effect.backend, suite: suite,
                configuration: configuration
            ).result(of: entry)
            result.ms = (ContinuousClock.now - began).milliseconds
            return result
        } catch is CancellationError {
            casualties.leave(on: effect.incarnation)
            throw CancellationError()
        }
    }
}

extension OnnxGraph {
    /// Every operator once, in alphabetical order.
    var distinctOperators: [String] { Set(operators).sorted() }
}
