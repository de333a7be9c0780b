import Pool
import PoolEngine

/// What runs the items of one effect in a page, for one kind of model.
protocol PageRun: Sendable {
    /// Brings the model into the page, so that a later run finds it there.
    ///
    /// - Throws: As `perform`.
    func prepare() async throws -> LoadedModel

    /// Runs the items, and reports their results as they come.
    ///
    /// - Throws: `PageFault`, `PageError`, `RunRefusal`, or `CancellationError`.
    func perform(_ report: RunReporter) async throws
}

extension Effect.Run {
    /// The run of no item, which a preparation is the first part of.
    init(preparing effect: Effect.Prepare) {
        self.init(
            obligation: effect.obligation, allocation: AllocationID(0), task: TaskID(0),
            browser: effect.browser, incarnation: effect.incarnation, spec: effect.spec, items: 0..<0,
            backend: effect.backend, queueNs: 0)
    }
}

extension BrowserHost.Surroundings {
    /// What runs an effect's items in a page of its runtime.
    ///
    /// - Parameter browser: Product and version of the browser.
    func run(
        _ effect: Effect.Run, in page: RuntimePage, browser: String, meter: BrowserMeter
    ) throws -> any PageRun {
        let setting = RunSetting(
            effect: effect, page: page, browser: browser, configuration: configuration,
            payloadBytes: payloadBytes, kernelModels: kernelModels, meter: meter)
        return switch effect.spec.runtime {
        // Models by name have a manifest; others are paths, or a suite of them.
        case OnnxModel.runtime where RecipeRun.isFor(effect.spec): RecipeRun(setting: setting)
        case OnnxModel.runtime where try OnnxSuite.isSuite(payloadBytes(effect.spec.inputs)):
            SuiteRun(setting: setting, casualties: casualties)
        case OnnxModel.runtime: OnnxRun(setting: setting)
        case _ where KernelRun.isFor(effect.spec): KernelRun(setting: setting)
        default: ModelRun(setting: setting)
        }
    }
}
