import Pool
import PoolEngine

/// What runs the items of one effect in a page, for one kind of model.
protocol PageRun: Sendable {
    /// Brings the model into the page, so that a later run finds it there.
    ///
    /// - Throws: As `perform`.
    func prepare() async throws -> PreparedModel

    /// Runs the items, and reports their results as they come.
    ///
    /// - Throws: `PageFault`, `PageError`, `RunRefusal`, or `CancellationError`.
    func perform(_ report: @Sendable (Report) async -> Void) async throws
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
    func run(_ effect: Effect.Run, in page: RuntimePage, browser: String) throws -> any PageRun {
        switch effect.spec.runtime {
        case OnnxModel.runtime where try OnnxSuite.isSuite(payloadBytes(effect.spec.inputs)):
            SuiteRun(
                effect, page: page, browser: browser, configuration: configuration,
                payloadBytes: payloadBytes, casualties: casualties)
        // Models by name have a manifest; others are paths.
        case OnnxModel.runtime where !effect.spec.model.hasPrefix("/"):
            RecipeRun(
                effect, page: page, browser: browser, configuration: configuration, payloadBytes: payloadBytes
            )
        case OnnxModel.runtime:
            OnnxRun(
                effect, page: page, browser: browser, configuration: configuration, payloadBytes: payloadBytes
            )
        case _ where KernelRun.isFor(effect.spec):
            KernelRun(
                effect, page: page, browser: browser, configuration: configuration, payloadBytes: payloadBytes
            )
        default:
            ModelRun(
                effect, page: page, browser: browser, configuration: configuration, payloadBytes: payloadBytes
            )
        }
    }
}
