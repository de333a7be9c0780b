import Foundation
import Pool
import PoolEngine

/// Makes a Weir model in the cache of a BERT encoder's folder.
public struct ModelImport: Sendable {
    let catalog: ModelCatalog

    public init(into catalog: ModelCatalog) {
        self.catalog = catalog
    }

    /// Adds an encoder under a name. The model appears in the cache whole or not at all; one of that name that is
    /// there already is replaced when it is another.
    ///
    /// - Parameters:
    ///   - folder: `config.json`, `model.safetensors`, and `vocab.txt` or `tokenizer.json`; pooling and longest text as
    ///     sentence-transformers writes them, else the mean of all tokens and all positions.
    ///   - licence: recorded in the manifest.
    /// - Returns: The model, and whether it was not there before.
    public func addEncoder(
        from folder: String, named name: String, licence: ModelManifest.Licence? = nil
    ) throws(ModelImportError) -> (model: ModelPackage, isNew: Bool) {
        try Self.checkName(name, catalog)
        let encoder = try EncoderFolder(path: folder)
        let weightsPath = folder + "/" + EncoderFolder.weightsFile
        let tensors = try SafetensorsHeader(file: weightsPath)
        guard let weights = try? Data(contentsOf: URL(fileURLWithPath: weightsPath), options: .alwaysMapped)
        else { throw .missing(path: weightsPath) }
        let vocabulary = try encoder.vocabulary()
        do {
            _ = try WordPieceTokenizer(
                vocabulary: vocabulary, options: encoder.options, maximumTokens: encoder.maximumTokens)
        } catch {
            throw .unsupported(path: folder, reason: "\(error)")
        }
        let manifest = EncoderManifest(
            name: name, description: Self.description(of: encoder), encoder: encoder, tensors: tensors,
            weightsBytes: weights.count, weightsSHA256: Digest(sha256: [UInt8](weights)).description,
            vocabularySHA256: Digest(sha256: vocabulary).description, licence: licence)
        let json = try manifest.json()
        if let known = try? catalog.model(named: name), known.manifestBytes == [UInt8](json),
            known.weightsAreIntact(), (try? known.tokenizer()) != nil
        {
            return (known, false)
        }
        let target = catalog.modelFolder(named: name)
        let staging = try StagingFolder(beside: target)
        defer { staging.remove() }
        do {
            try json.write(to: URL(fileURLWithPath: staging.path + "/model.json"))
            try Data(vocabulary).write(
                to: URL(fileURLWithPath: staging.path + "/" + EncoderFolder.vocabularyFile))
            // A copy, not a link: what is changed in the source folder later must not change the model.
            try FileManager.default.copyItem(
                atPath: weightsPath, toPath: staging.path + "/" + EncoderFolder.weightsFile)
        } catch {
            throw .unwritable(path: staging.path, reason: "\(error)")
        }
        try staging.move(to: target)
        do {
            return (try ModelPackage(folder: target), true)
        } catch {
            throw .unwritable(path: target, reason: "\(error)")
        }
    }

    static func checkName(_ name: String, _ catalog: ModelCatalog) throws(ModelImportError) {
        let isSound =
            (1...64).contains(name.utf8.count) && name.first != "." && name.first != "-"
            && name.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"),
                    UInt8(ascii: "."):
                    true
                default: false
                }
            }
        guard isSound else { throw .badName(name) }
        if catalog.entries().contains(where: { $0.name == name && $0.isEmbedded }) {
            throw .nameTaken(name)
        }
    }

    private static func description(of encoder: EncoderFolder) -> String {
        let shape = encoder.configuration
        let pooling = encoder.poolsFirstToken ? "first token" : "mean of the tokens"
        return "BERT encoder: \(shape.numHiddenLayers) layers, \(shape.hiddenSize) wide, "
            + "\(shape.numAttentionHeads) heads; \(pooling), normalised."
    }
}

/// Why a model could not be added.
public enum ModelImportError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A file is not there or cannot be read.
    case missing(path: String)
    /// A file says something that this version cannot run.
    case unsupported(path: String, reason: String)
    case unwritable(path: String, reason: String)
    case badName(String)
    /// A model that comes with Weir has the name.
    case nameTaken(String)

    public var description: String {
        switch self {
        case .missing(let path): "\(path) cannot be read"
        case .unsupported(let path, let reason): "\(path) cannot be used: \(reason)"
        case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
        case .badName(let name):
            "\"\(name)\" cannot name a model; allowed are 1 to 64 letters, digits, - _ and ., not beginning with . or -"
        case .nameTaken(let name): "\(name) is a model that comes with Weir; choose another name"
        }
    }
}
