import Foundation
import Pool
import PoolEngine

/// The models that tasks name.
extension ModelCatalog {
    /// Why the model of a task cannot be run here; nil when it is there, and still the one that was submitted.
    public func problem(with spec: TaskSpec) -> String? {
        do throws(RunRefusal) {
            if !spec.model.hasPrefix("/") {
                _ = try model(of: spec)
            } else if spec.runtime == KernelModel.runtime {
                _ = try KernelModel(of: spec)
            } else {
                _ = try OnnxModel(of: spec)
            }
            return nil
        } catch {
            return error.detail
        }
    }

    /// The files of a task's model that is given by its path, each with its path within the model's folder; none for a
    /// model that is given by its name.
    public static func files(of spec: TaskSpec) throws -> [(name: String, path: String)] {
        guard spec.model.hasPrefix("/") else { return [] }
        guard spec.runtime == KernelModel.runtime else {
            return [((spec.model as NSString).lastPathComponent, spec.model)]
        }
        let model = try KernelModel(folder: spec.model)
        let names = ["model.json"] + Set(model.manifest.files.map(\.file)).sorted()
        return names.map { ($0, spec.model + "/" + $0) }
    }

    /// The path by which a task names its model once the files of it, as `files(of:)` names them, are in a folder.
    public static func path(of spec: TaskSpec, in folder: String) -> String {
        spec.runtime == KernelModel.runtime
            ? folder : folder + "/" + (spec.model as NSString).lastPathComponent
    }
}
