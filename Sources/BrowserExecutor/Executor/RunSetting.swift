import Pool
import PoolEngine

/// What a run in a page has to do with, whatever the model: its effect, its page, and the reports that it makes.
struct RunSetting: Sendable {
    let effect: Effect.Run
    let page: RuntimePage
    /// Product and version of the browser.
    let browser: String
    let configuration: BrowserExecutor.Configuration
    /// Reads the bytes of a payload from the log that the effect comes from.
    let payloadBytes: @Sendable (Payload) throws -> [UInt8]
    /// Folders of kernels that were read before.
    let kernelModels: KernelModelCache
    /// Is told how long each call to the page took that ran items.
    let meter: BrowserMeter

    /// The model is in the page and the items begin.
    func started(_ model: LoadedModel) -> Report {
        Report(
            RunStarted(
                obligation: effect.obligation, allocation: effect.allocation, loadMs: model.loadMs,
                compileMs: model.compileMs, cold: model.cold, runtime: model.runtime,
                fetchedBytes: model.fetchedBytes))
    }

    /// Items have their results.
    ///
    /// - Parameters:
    ///   - outputs: A JSON array with one object per item.
    ///   - state: What the model carries on to the next item.
    func progressed(
        _ items: Range<UInt64>, _ outputs: [UInt8], runMs: Double, state: [UInt8]? = nil
    ) -> Report {
        let results = Payload.storing(outputs)
        let carried = state.map(Payload.storing)
        return Report(
            RunProgressed(
                obligation: effect.obligation, allocation: effect.allocation, firstItem: items.lowerBound,
                itemCount: UInt64(items.count), outputs: results.payload, runMs: runMs,
                state: carried?.payload),
            blobs: results.blobs + (carried?.blobs ?? []))
    }

    /// Every item has its result.
    ///
    /// - Parameter cold: Whether the model, or its shaders, were not there when the items began.
    func completed(_ model: LoadedModel, runMs: Double, cold: Bool) -> Report {
        let metrics = RunMetrics(
            queueMs: Double(effect.queueNs) / 1e6, loadMs: model.loadMs, compileMs: model.compileMs,
            runMs: runMs, cold: cold, items: UInt64(effect.items.count))
        let provenance = Provenance(
            backend: effect.backend, adapter: model.adapter, browser: browser, runtime: model.runtime,
            model: model.name, modelDigest: model.digest, simulated: false, cold: cold,
            batchItems: effect.spec.batchItems, variant: model.variant, nodes: model.nodes)
        return Report(
            RunCompleted(
                obligation: effect.obligation, allocation: effect.allocation, metrics: metrics,
                provenance: provenance))
    }

    /// Runs items whose results are reported together, also those that came before an error.
    ///
    /// - Parameter work: Runs all of them.
    func buffered<Result>(
        _ report: RunReporter, _ work: (ResultBuffer) async throws -> Result
    ) async throws -> Result {
        let buffer = ResultBuffer(self, report)
        await report.hold(buffer)
        do {
            let result = try await work(buffer)
            await buffer.flush()
            return result
        } catch {
            await buffer.flush()
            throw error
        }
    }

    /// The data sets that the task's inputs are, and those inputs.
    ///
    /// - Throws: `RunRefusal` when they are none.
    func dataSets() throws -> (file: DataSetFile, encoded: [UInt8]) {
        let encoded = try payloadBytes(effect.spec.inputs)
        do {
            return (try DataSetFile(encoded: encoded), encoded)
        } catch {
            throw RunRefusal(failure: .inputInvalid, detail: "\(error)")
        }
    }

    /// How long one call may take that runs items on ONNX Runtime Web: the first one also compiles the shaders, so it
    /// is given as long as a load.
    func runDeadline(isFirst: Bool) -> Duration {
        isFirst ? configuration.loadDeadline : configuration.dispatchDeadline
    }
}
