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
        try Self.requireRuntime(in: catalog)
        let tolerance = Tolerance()
        let sets: DataSetFile
        let model: OnnxModel
        do {
            model = try OnnxModel(path: path)
            sets = DataSetFile(
                dataSets: try Self.dataSets(of: model, options.input),
                tolerance: Tolerance(
                    relative: try Self.bound("--rtol", options.rtol) ?? tolerance.relative,
                    absolute: try Self.bound("--atol", options.atol) ?? tolerance.absolute))
        } catch let error as OnnxError {
            throw UsageError("\(error)")
        }
        guard !sets.dataSets.isEmpty else {
            throw UsageError(
                "\(model.path) has no test_data_set_N beside it; name folders of input_M.pb with --input")
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

    /// Refuses what needs ONNX Runtime Web where that is not installed.
    static func requireRuntime(in catalog: ModelCatalog) throws(NotInstalledError) {
        guard !RuntimeInstallation.all(of: OnnxModel.runtime, in: catalog).isEmpty else {
            throw NotInstalledError(
                "ONNX models need \(OnnxModel.runtime); get it with: weir runtime add \(OnnxModel.runtime)")
        }
    }

    /// What a page holds of inputs, in bytes.
    private static let inputLimit: UInt64 = 256 << 20

    private static func dataSets(of model: OnnxModel, _ folders: [String]) throws -> [DataSet] {
        if folders.isEmpty { return try model.dataSets() }
        return try folders.map { try model.dataSet(at: URL(fileURLWithPath: $0).standardizedFileURL.path) }
    }

    private static func bound(_ option: String, _ value: Double?) throws -> Double? {
        if let value, !(value >= 0 && value.isFinite) {
            throw UsageError("\(option) is \(value); a number from 0 on is needed")
        }
        return value
    }

    private static func family(_ option: String?, _ file: TaskFile?) throws -> ModelFamily {
        guard let option else { return file?.family ?? .vision }
        guard let family = ModelFamily(name: option) else {
            let known = ModelFamily.names.joined(separator: ", ")
            throw UsageError("--family is \"\(option)\"; allowed is \(known)")
        }
        return family
    }
}
