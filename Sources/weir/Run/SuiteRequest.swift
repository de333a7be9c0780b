import BrowserExecutor
import Foundation
import Pool
import PoolEngine

/// What `weir run --suite` makes of a tree of ONNX models.
struct SuiteRequest {
    let spec: TaskSpec
    let blobs: [[UInt8]]

    /// Nil when no suite is asked for.
    init?(_ options: RunOptions, catalog: ModelCatalog) throws {
        guard let root = options.suite else {
            guard options.expectations == nil else {
                throw UsageError("--expectations are for a suite; name it with --suite DIR")
            }
            return nil
        }
        try Self.refuseOthers(options)
        let expectations = try ExpectationsFile.named(by: options) ?? SuiteExpectations()
        try OnnxRequest.ensureRuntime(in: catalog)
        let suite: OnnxSuite
        do {
            suite = try OnnxSuite(
                root: root, tolerance: try OnnxRequest.tolerance(options), expectations: expectations)
        } catch let error as OnnxError {
            throw UsageError("--suite: \(error)")
        }
        guard !suite.cases.isEmpty else {
            throw UsageError(
                "--suite is \(suite.root), which holds no folder with a model.onnx; a tree of folders in ONNX's test "
                    + "layout is needed")
        }
        let encoded = try suite.encoded()
        let stored = Payload.storing(encoded)
        blobs = stored.blobs
        spec = TaskSpec(
            family: try OnnxRequest.family(options.family, nil), model: suite.root,
            modelDigest: Digest(sha256: encoded), runtime: OnnxModel.runtime,
            itemsTotal: UInt64(suite.cases.count), inputs: stored.payload,
            inputsCount: UInt64(suite.cases.count), batchItems: 1, backends: [.webgpu],
            runtimeBackends: OnnxModel.backends)
    }

    private static func refuseOthers(_ options: RunOptions) throws(UsageError) {
        guard options.items == nil else {
            throw UsageError("--items is for inputs that repeat; a suite runs each of its cases once")
        }
        let others = [
            ("MODEL", options.model != nil), ("--input", !options.input.isEmpty),
            ("--expect", !options.expect.isEmpty), ("--text", !options.text.isEmpty),
            ("--task", options.task != nil),
        ]
        if let (name, _) = others.first(where: \.1) {
            throw UsageError("--suite brings models and inputs along; leave out \(name)")
        }
    }
}
