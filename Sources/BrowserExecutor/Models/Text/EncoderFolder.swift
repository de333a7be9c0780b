import Foundation

/// A BERT encoder in a folder as Hugging Face lays it out: what of it decides how Weir runs it.
struct EncoderFolder {
    let path: String
    let configuration: Configuration
    let options: WordPieceTokenizer.Options
    /// Most tokens of a text.
    let maximumTokens: Int
    /// Whether the first token stands for the text, instead of the mean of all.
    let poolsFirstToken: Bool

    static let weightsFile = "model.safetensors"
    static let vocabularyFile = "vocab.txt"

    /// The fields of `config.json` that shape the network.
    struct Configuration: Decodable, Equatable {
        var modelType: String
        var hiddenSize: Int
        var intermediateSize: Int
        var numHiddenLayers: Int
        var numAttentionHeads: Int
        var vocabSize: Int
        var maxPositionEmbeddings: Int
        var hiddenAct: String
        var layerNormEps: Double?
        var positionEmbeddingType: String?
    }

    /// - Throws: `ModelImportError` naming the file that is missing, malformed, or of a kind that cannot be run.
    init(path: String) throws(ModelImportError) {
        self.path = path
        guard let configuration: Configuration = try Self.decode("config.json", in: path) else {
            throw .missing(path: path + "/config.json")
        }
        if let problem = configuration.problem {
            throw .unsupported(path: path + "/config.json", reason: problem)
        }
        self.configuration = configuration
        options = try Self.options(in: path)
        let sentence: SentenceConfiguration? = try Self.decode("sentence_bert_config.json", in: path)
        maximumTokens = min(sentence?.maxSeqLength ?? .max, configuration.maxPositionEmbeddings)
        let pooling: Pooling? = try Self.decode("1_Pooling/config.json", in: path)
        poolsFirstToken = pooling?.clsTokenOnly ?? false
        if let pooling, !pooling.isKnown {
            throw .unsupported(
                path: path + "/1_Pooling/config.json",
                reason: "only the mean of all tokens or the first token alone can stand for a text")
        }
    }

    private struct SentenceConfiguration: Decodable {
        var maxSeqLength: Int?
    }

    private struct Pooling: Decodable {
        var poolingModeClsToken: Bool?
        var poolingModeMeanTokens: Bool?
        var poolingModeMaxTokens: Bool?
        var poolingModeMeanSqrtLenTokens: Bool?

        var clsTokenOnly: Bool { poolingModeClsToken == true }
        var isKnown: Bool {
            (poolingModeClsToken == true) != (poolingModeMeanTokens == true)
                && poolingModeMaxTokens != true && poolingModeMeanSqrtLenTokens != true
        }
    }

    private struct TokenizerConfiguration: Decodable {
        var doLowerCase: Bool?
        var stripAccents: Bool?
        var tokenizeChineseChars: Bool?
    }

    private struct TokenizerFile: Decodable {
        var normalizer: Normalizer?
        var model: Model

        struct Normalizer: Decodable {
            var type: String
            var lowercase: Bool?
            var stripAccents: Bool?
            var handleChineseChars: Bool?

            // Keys of the vocabulary in the same file must stay as they are, so these are named one by one.
            enum CodingKeys: String, CodingKey {
                case type, lowercase
                case stripAccents = "strip_accents"
                case handleChineseChars = "handle_chinese_chars"
            }
        }

        struct Model: Decodable {
            var type: String?
            var vocab: [String: Int]
        }
    }

    /// `tokenizer.json` says what was trained with; without it `tokenizer_config.json`, without that BERT's defaults.
    private static func options(in path: String) throws(ModelImportError) -> WordPieceTokenizer.Options {
        if let file: TokenizerFile = try decode("tokenizer.json", in: path, snakeCase: false) {
            guard file.model.type ?? "WordPiece" == "WordPiece" else {
                throw .unsupported(
                    path: path + "/tokenizer.json", reason: "it is no WordPiece tokenizer")
            }
            if let normalizer = file.normalizer {
                guard normalizer.type == "BertNormalizer" else {
                    throw .unsupported(
                        path: path + "/tokenizer.json", reason: "its normalizer is \(normalizer.type)")
                }
                return options(normalizer.lowercase, normalizer.stripAccents, normalizer.handleChineseChars)
            }
        }
        let file: TokenizerConfiguration? = try decode("tokenizer_config.json", in: path)
        return options(file?.doLowerCase, file?.stripAccents, file?.tokenizeChineseChars)
    }

    private static func options(
        _ lowerCase: Bool?, _ stripAccents: Bool?, _ separateIdeographs: Bool?
    ) -> WordPieceTokenizer.Options {
        WordPieceTokenizer.Options(
            lowerCase: lowerCase ?? true, stripAccents: stripAccents ?? lowerCase ?? true,
            separateIdeographs: separateIdeographs ?? true)
    }

    /// The vocabulary as `vocab.txt` has it.
    func vocabulary() throws(ModelImportError) -> [UInt8] {
        if let data = FileManager.default.contents(atPath: path + "/" + Self.vocabularyFile) {
            return [UInt8](data)
        }
        guard let file: TokenizerFile = try Self.decode("tokenizer.json", in: path, snakeCase: false) else {
            throw .missing(path: path + "/" + Self.vocabularyFile)
        }
        let pieces = file.model.vocab.sorted { $0.value < $1.value }
        guard pieces.map(\.value) == Array(0..<pieces.count) else {
            throw .unsupported(path: path + "/tokenizer.json", reason: "its ids are not 0, 1, 2 and so on")
        }
        return Array(pieces.map { $0.key + "\n" }.joined().utf8)
    }

    /// A JSON file of the folder; nil when there is none.
    private static func decode<Value: Decodable>(
        _ name: String, in path: String, snakeCase: Bool = true
    ) throws(ModelImportError) -> Value? {
        guard let data = FileManager.default.contents(atPath: path + "/" + name) else { return nil }
        let decoder = JSONDecoder()
        if snakeCase { decoder.keyDecodingStrategy = .convertFromSnakeCase }
        do {
            return try decoder.decode(Value.self, from: data)
        } catch {
            throw .unsupported(path: path + "/" + name, reason: "\(error)")
        }
    }
}

extension EncoderFolder.Configuration {
    /// The attribute of a step for the activation.
    var activation: String? {
        switch hiddenAct {
        case "gelu", "gelu_python": "gelu"
        case "gelu_new", "gelu_pytorch_tanh", "gelu_fast": "gelu_tanh"
        case "relu": "relu"
        default: nil
        }
    }

    /// Arithmetic of one token of a text of this many, in floating point operations.
    func operations(tokens: Int) -> Int {
        numHiddenLayers
            * (2 * hiddenSize * (4 * hiddenSize + 2 * intermediateSize) + 4 * tokens * hiddenSize)
    }

    var problem: String? {
        let bounds: [(String, Int, ClosedRange<Int>)] = [
            ("hidden_size", hiddenSize, 8...8192), ("intermediate_size", intermediateSize, 8...65536),
            ("num_hidden_layers", numHiddenLayers, 1...96),
            ("num_attention_heads", numAttentionHeads, 1...256),
            ("vocab_size", vocabSize, 3...16_777_216),
            ("max_position_embeddings", maxPositionEmbeddings, 3...8192),
        ]
        if let (name, value, range) = bounds.first(where: { !$0.2.contains($0.1) }) {
            return "\(name) is \(value); \(range.lowerBound) to \(range.upperBound) are possible"
        }
        if modelType != "bert" { return "model_type is \"\(modelType)\"; \"bert\" can be run" }
        if let type = positionEmbeddingType, type != "absolute" {
            return "position_embedding_type is \"\(type)\"; \"absolute\" can be run"
        }
        if activation == nil {
            return "hidden_act is \"\(hiddenAct)\"; gelu, gelu_new, gelu_pytorch_tanh and relu can be run"
        }
        if hiddenSize % 8 != 0 || intermediateSize % 8 != 0 {
            return "hidden_size and intermediate_size must be multiples of 8"
        }
        let headWidth = hiddenSize / numAttentionHeads
        if hiddenSize % numAttentionHeads != 0 || headWidth % 4 != 0 || headWidth > 128 {
            return
                "a head has \(hiddenSize)/\(numAttentionHeads) elements; multiples of 4 up to 128 are possible"
        }
        return nil
    }
}
