import BrowserExecutor
import Foundation
import Pool
import PoolEngine

/// What `weir run` makes of a folder of kernels.
struct KernelRequest {
    let spec: TaskSpec
    let blobs: [[UInt8]]

    /// Nil when the argument names no such folder.
    init?(_ options: RunOptions, _ file: TaskFile?) throws {
        guard let path = file?.modelName ?? options.model, KernelModel.isFolder(path) else { return nil }
        guard options.text.isEmpty, options.family == nil else {
            throw UsageError(
                "--text and --family are not for a folder of kernels; its model.json names its family")
        }
        let model: KernelModel
        let sets: DataSetFile
        do {
            model = try KernelModel(folder: path)
            sets = DataSetFile(
                dataSets: try options.input.isEmpty
                    ? model.dataSets() : options.input.map { try model.dataSet(inputs: $0) },
                tolerance: Tolerance(
                    relative: try OnnxRequest.bound("--rtol", options.rtol) ?? model.tolerance.relative,
                    absolute: try OnnxRequest.bound("--atol", options.atol) ?? model.tolerance.absolute))
        } catch let error as KernelError {
            throw UsageError("\(error)")
        }
        if let family = file?.family, family != model.family {
            throw UsageError(
                "\(options.task ?? ""): model_type is \"\(family.name)\"; allowed is \"\(model.family.name)\", "
                    + "the family that \(path)/model.json names")
        }
        guard !sets.dataSets.isEmpty else {
            throw UsageError("\(path)/model.json has no references; give inputs with --input FILE")
        }
        let items = options.items ?? sets.dataSets.count
        guard (1...RunRequest.itemLimit).contains(items) else {
            throw UsageError("--items is \(items); allowed is 1 to \(RunRequest.itemLimit)")
        }
        let stored = Payload.storing(try sets.encoded())
        guard stored.payload.sizeBytes <= OnnxRequest.inputLimit else {
            throw UsageError(
                "the data sets have \(stored.payload.sizeBytes) bytes together; \(OnnxRequest.inputLimit) are possible"
            )
        }
        blobs = stored.blobs
        spec = TaskSpec(
            family: model.family, model: model.folder, modelDigest: model.digest,
            runtime: KernelModel.runtime, itemsTotal: UInt64(items), inputs: stored.payload,
            inputsCount: UInt64(sets.dataSets.count), batchItems: 1, backends: [.webgpu])
    }
}
