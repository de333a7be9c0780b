import Foundation
import Pool
import PoolEngine

/// A model on disk: a folder with a manifest and the files that it names.
public struct ModelPackage: Sendable, Equatable {
    public let folder: String
    public let manifest: ModelManifest
    /// The manifest's bytes, of which `digest` is the SHA-256. The manifest names the digest of the weights, so one
    /// digest stands for the whole model.
    public let manifestBytes: [UInt8]
    public let digest: Digest
    public let family: ModelFamily

    /// Reads a model folder's manifest; the weights are checked in the page, where they are used.
    ///
    /// - Throws: `ModelError` when there is no manifest, or it is malformed, or names something unknown.
    public init(folder: String) throws(ModelError) {
        let path = folder + "/model.json"
        guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(path: path) }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let manifest: ModelManifest
        do {
            manifest = try decoder.decode(ModelManifest.self, from: data)
        } catch {
            throw .malformed(path: path, reason: "\(error)")
        }
        guard manifest.formatVersion == 1 else {
            throw .malformed(
                path: path, reason: "format_version is \(manifest.formatVersion); this version reads 1")
        }
        if let problem = manifest.problem { throw .malformed(path: path, reason: problem) }
        guard let family = ModelFamily(name: manifest.family) else {
            let known = ModelFamily.names.joined(separator: ", ")
            throw .malformed(path: path, reason: "family is \"\(manifest.family)\"; known are \(known)")
        }
        self.folder = folder
        self.manifest = manifest
        self.family = family
        manifestBytes = [UInt8](data)
        digest = Digest(sha256: manifestBytes)
    }

    public var name: String { manifest.name }

    /// The backends that the model's runtime has; none means webgpu alone.
    public var runtimeBackends: [Backend] {
        manifest.runtime == OnnxModel.runtime ? OnnxModel.backends : []
    }

    var weightsPath: String { folder + "/" + manifest.weights.file }

    /// The backends of a task that names none, in order of preference.
    public var defaultBackends: [Backend] {
        manifest.runtime == OnnxModel.runtime ? [.webgpu, .cpu] : [.webgpu]
    }

    /// Inputs that come with the model and were not used to make it, with their labels, if it has any.
    public func heldOutInputs() throws -> ModelInputs? {
        guard let data = manifest.accuracy?.data else { return nil }
        return try ModelInputs(file: folder + "/" + data, for: self)
    }

    /// The model's tokenizer.
    ///
    /// - Throws: `InputError` when the model takes no text, or its vocabulary is not the one that the manifest names.
    func tokenizer() throws(InputError) -> WordPieceTokenizer {
        guard let described = manifest.tokenizer else { throw .takesNoText(model: name) }
        let path = folder + "/" + described.file
        guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(path: path) }
        let vocabulary = [UInt8](data)
        guard Digest(sha256: vocabulary).description == described.sha256 else {
            throw .malformed(path: path, line: 1, reason: "it is not the vocabulary that the manifest names")
        }
        let options = WordPieceTokenizer.Options(
            lowerCase: described.lowerCase, stripAccents: described.stripAccents,
            separateIdeographs: described.separateIdeographs)
        do {
            return try WordPieceTokenizer(
                vocabulary: vocabulary, options: options, maximumTokens: manifest.input.elementCount)
        } catch {
            throw .malformed(path: path, line: 1, reason: "\(error)")
        }
    }

    /// Whether the weights on disk are those that the manifest names.
    public func weightsAreIntact() -> Bool {
        guard let data = FileManager.default.contents(atPath: weightsPath) else { return false }
        return Digest(sha256: [UInt8](data)).description == manifest.weights.sha256
    }
}

/// Why a model cannot be used.
public enum ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// No model has that name.
    case unknown(name: String, known: [String])
    /// A file of the model cannot be read.
    case unreadable(path: String)
    /// The manifest is not one that this version understands.
    case malformed(path: String, reason: String)

    public var description: String {
        switch self {
        case .unknown(let name, let known):
            "no model is called \"\(name)\"; found are \(known.joined(separator: ", "))"
        case .unreadable(let path): "\(path) cannot be read"
        case .malformed(let path, let reason): "\(path) is not a model manifest: \(reason)"
        }
    }
}
