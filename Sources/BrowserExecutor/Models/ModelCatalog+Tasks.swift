import Foundation
import Pool
import PoolEngine

/// The models that tasks name.
extension ModelCatalog {
    /// Why the model of a task cannot be run here; nil when it is there, and still the one that was submitted.
    public func problem(with spec: TaskSpec) -> String? {
        do {
            if spec.runtime == OnnxModel.runtime, RuntimeInstallation.all(of: spec.runtime, in: self).isEmpty
            {
                return "\(spec.runtime) is not installed; get it with: weir runtime add \(spec.runtime)"
            }
            guard spec.model.hasPrefix("/") else {
                _ = try model(of: spec)
                return nil
            }
            let digest = try Self.digest(ofModelAt: spec.model)
            return digest == spec.modelDigest
                ? nil : "\(spec.model) is not the model any more that was submitted (\(spec.modelDigest))"
        } catch let refusal as RunRefusal {
            return refusal.detail
        } catch {
            return "\(error)"
        }
    }

    private static func digest(ofModelAt path: String) throws -> Digest {
        if KernelModel.isFolder(path) { return try KernelModel(folder: path).digest }
        return try OnnxModel(path: path).digest
    }

    /// The files of a task's model that is given by its path, each with its path within the model's folder; none for a
    /// model that is given by its name.
    public static func files(of spec: TaskSpec) throws -> [(name: String, path: String)] {
        guard spec.model.hasPrefix("/") else { return [] }
        guard KernelModel.isFolder(spec.model) else {
            return [((spec.model as NSString).lastPathComponent, spec.model)]
        }
        let model = try KernelModel(folder: spec.model)
        let names = ["model.json"] + Set(model.manifest.files.map(\.file)).sorted()
        return names.map { ($0, spec.model + "/" + $0) }
    }

    /// The path that a task names a model by whose files are in a folder.
    public static func path(ofModelNamed original: String, in folder: String) -> String {
        original.hasSuffix(".onnx") ? folder + "/" + (original as NSString).lastPathComponent : folder
    }
}
