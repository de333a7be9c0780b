import Foundation

extension ModelImport {
    /// Adds a model that has a manifest. The model appears in the cache whole or not at all; one of that name that is
    /// there already is replaced.
    ///
    /// - Parameters:
    ///   - manifest: the bytes of its `model.json`.
    ///   - folder: holds the file of weights that the manifest names, with the digest that it names.
    func addPackage(
        _ manifest: [UInt8], weightsIn folder: String, named name: String
    ) throws -> (model: ModelPackage, isNew: Bool) {
        try Self.checkName(name, catalog)
        let target = catalog.modelFolder(named: name)
        let staging = try StagingFolder(beside: target)
        defer { staging.remove() }
        let package: ModelPackage
        do {
            try Data(manifest).write(to: URL(fileURLWithPath: staging.path + "/model.json"))
            package = try ModelPackage(folder: staging.path)
            let file = package.manifest.weights.file
            // A copy, not a link: what is changed in the source folder later must not change the model.
            try FileManager.default.copyItem(atPath: "\(folder)/\(file)", toPath: package.weightsPath)
        } catch {
            throw ModelImportError.unwritable(path: staging.path, reason: "\(error)")
        }
        try FileDigest.check(package.weightsPath, sha256: package.manifest.weights.sha256)
        try staging.move(to: target)
        return (try ModelPackage(folder: target), true)
    }
}
