import ChromePipe
import Foundation
import Pool
import PoolEngine

/// Runs cases of a suite of ONNX models, each in a session of its own that is released after it.
///
/// A case that goes wrong has a result that says so, and the next one runs. Only what is wrong with the browser, or with
/// the suite itself, ends the run.
struct SuiteRun: PageRun {
    let setting: RunSetting
    let casualties: SuiteCasualties

    private var effect: Effect.Run { setting.effect }
    private var page: RuntimePage { setting.page }
    private var configuration: BrowserExecutor.Configuration { setting.configuration }

    func perform(_ report: RunReporter) async throws {
        let suite = try decodeSuite()
        let runtime = try page.addRuntime(in: configuration.catalog)
        let began = ContinuousClock.now
        // Asked of the page and not of a case: the suite has an adapter also if no case comes to use it.
        let adapter =
            effect.backend == .webgpu
            ? try await page.probe(deadline: configuration.loadDeadline).adapter : nil
        let model = LoadedModel(
            effect.spec.model, effect.spec.modelDigest, on: runtime,
            loadMs: (ContinuousClock.now - began).milliseconds,
            adapter: adapter.map { Adapter(identity: $0) })
        await report(setting.started(model))
        var runMs = 0.0
        for item in effect.items {
            try Task.checkCancellation()
            let result = try await result(of: item, in: suite, runtime)
            try Task.checkCancellation()
            casualties.end(caseID(item), on: effect.incarnation)
            runMs += result.ms
            setting.meter.count(items: 1, runMs: result.ms)
            await report(
                setting.progressed(item..<item + 1, Array("[\(result.json)]".utf8), runMs: result.ms))
        }
        await report(setting.completed(model, runMs: runMs, cold: true))
    }

    /// Brings the runtime to the page. A suite's models are loaded one by one as its cases run.
    func prepare() async throws -> LoadedModel {
        let runtime = try page.addRuntime(in: configuration.catalog)
        return LoadedModel(
            effect.spec.model, effect.spec.modelDigest, on: runtime, loadMs: 0, adapter: nil)
    }

    private func caseID(_ item: UInt64) -> SuiteCasualties.CaseID { .init(task: effect.task, item: item) }

    private func decodeSuite() throws -> OnnxSuite {
        let payload = try setting.payloadBytes(effect.spec.inputs)
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
