import BrowserExecutor
import Foundation
import Pool
import PoolEngine

/// What `weir run` makes of a path to an ONNX model.
struct OnnxRequest {
    let spec: TaskSpec
    let blobs: [[UInt8]]

    /// Nil when the argument is the name of a model and no path.
    init?(_ options: RunOptions, _ file: TaskFile?, catalog: ModelCatalog) throws {
        guard let path = file?.modelName ?? options.model, OnnxModel.isPath(path) else { return nil }
        try Self.ensureRuntime(in: catalog)
        let sets: DataSetFile
        let model: OnnxModel
        do {
            model = try OnnxModel(path: path)
            sets = DataSetFile(
                dataSets: try Self.dataSets(of: model, options),
                tolerance: try Self.tolerance(options))
        } catch let error as OnnxError {
            throw UsageError("\(error)")
        }
        guard !sets.dataSets.isEmpty else {
            throw UsageError(
                "\(model.path) has no test_data_set_N beside it; give inputs with --input: folders of input_M.pb, or .npy, "
                    + ".npz or .json files")
        }
        let items = options.items ?? sets.dataSets.count
        guard (1...RunRequest.itemLimit).contains(items) else {
            throw UsageError("--items is \(items); allowed is 1 to \(RunRequest.itemLimit)")
        }
        let stored = Payload.storing(try sets.encoded())
        guard stored.payload.sizeBytes <= Self.inputLimit else {
            throw UsageError(
                "the data sets have \(stored.payload.sizeBytes) bytes together; \(Self.inputLimit) are possible"
            )
        }
        blobs = stored.blobs
        spec = TaskSpec(
            family: try Self.family(options.family, file), model: model.path, modelDigest: model.digest,
            runtime: OnnxModel.runtime, itemsTotal: UInt64(items), inputs: stored.payload,
            inputsCount: UInt64(sets.dataSets.count), batchItems: 1, backends: [.webgpu],
            runtimeBackends: OnnxModel.backends)
    }

    /// What a page holds of inputs, in bytes.
    static let inputLimit: UInt64 = 256 << 20

    private static func dataSets(of model: OnnxModel, _ options: RunOptions) throws -> [DataSet] {
        let expected = options.expect.map { URL(fileURLWithPath: $0).standardizedFileURL.path }
        guard expected.isEmpty || expected.count == options.input.count else {
            throw UsageError(
                "--expect is given \(Format.count(expected.count, "time")), but --input "
                    + "\(Format.count(options.input.count, "time")); each input needs its own, in the same order"
            )
        }
        if options.input.isEmpty { return try model.dataSets() }
        return try options.input.enumerated().map { index, path in
            try model.dataSet(
                at: URL(fileURLWithPath: path).standardizedFileURL.path,
                expected: expected.isEmpty ? nil : expected[index])
        }
    }

    /// Refuses a machine without the runtime.
    static func ensureRuntime(in catalog: ModelCatalog) throws(NotInstalledError) {
        guard RuntimeInstallation.all(of: OnnxModel.runtime, in: catalog).isEmpty else { return }
        throw NotInstalledError(
            "ONNX models need \(OnnxModel.runtime); get it with: weir runtime add \(OnnxModel.runtime)")
    }

    static func tolerance(_ options: RunOptions) throws -> Tolerance {
        let tolerance = Tolerance()
        return Tolerance(
            relative: try bound("--rtol", options.rtol) ?? tolerance.relative,
            absolute: try bound("--atol", options.atol) ?? tolerance.absolute)
    }

    static func bound(_ option: String, _ value: Double?) throws -> Double? {
        if let value, !(value >= 0 && value.isFinite) {
            throw UsageError("\(option) is \(value); a number from 0 on is needed")
        }
        return value
    }

    static func family(_ option: String?, _ file: TaskFile?) throws -> ModelFamily {
        guard let option else { return file?.family ?? .vision }
        guard let family = ModelFamily(name: option) else {
            let known = ModelFamily.names.joined(separator: ", ")
            throw UsageError("--family is \"\(option)\"; allowed is \(known)")
        }
        return family
    }
}
