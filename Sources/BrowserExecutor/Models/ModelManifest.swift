/// What Weir reads of a model's `model.json`; the in-page runtime reads the rest. The format is described in
/// `Resources/runtimes/README.md`.
public struct ModelManifest: Decodable, Sendable, Equatable {
    public var formatVersion: Int
    public var name: String
    /// Schema name of the model family, such as `vision`.
    public var family: String
    /// Name of the in-page runtime.
    public var runtime: String
    public var description: String
    public var input: Input
    public var output: Output
    /// Most items that one dispatch takes.
    public var maximumBatch: Int
    public var weights: Weights
    /// How text becomes token ids, for a model that takes tokens.
    public var tokenizer: Tokenizer?
    public var accuracy: Accuracy?
    public var licence: Licence?

    public struct Input: Decodable, Sendable, Equatable {
        public var name: String
        /// Dimensions of one input, without the batch.
        public var shape: [Int]
        /// Smallest and largest value of an element, as given.
        public var minimum: Float
        public var maximum: Float
        /// What an element is; a model without this field takes values.
        public var kind: Kind?
        /// Tokens of all items of a dispatch together that should not be exceeded, for a model that takes tokens; one
        /// item may always be as long as `shape` says.
        public var batchTokens: Int?

        public enum Kind: String, Decodable, Sendable { case values, tokens }

        /// Elements of one input.
        public var elementCount: Int { shape.reduce(1, *) }
    }

    public struct Output: Decodable, Sendable, Equatable {
        public var kind: Kind
        /// Names of the classes of a classification.
        public var classes: [String]?

        public enum Kind: String, Decodable, Sendable { case classification, embedding }
    }

    public struct Weights: Decodable, Sendable, Equatable {
        public var file: String
        public var bytes: Int
        /// SHA-256 in lower-case hexadecimal.
        public var sha256: String
    }

    /// A WordPiece tokenizer; see `WordPieceTokenizer`.
    public struct Tokenizer: Decodable, Sendable, Equatable {
        /// File of the vocabulary, beside the manifest.
        public var file: String
        /// SHA-256 of the vocabulary in lower-case hexadecimal.
        public var sha256: String
        public var lowerCase: Bool
        public var stripAccents: Bool
        public var separateIdeographs: Bool
    }

    public struct Accuracy: Decodable, Sendable, Equatable {
        public var value: Double
        public var correct: Int
        public var images: Int
        /// File of the held-out images, beside the manifest.
        public var data: String
    }

    public struct Licence: Decodable, Sendable, Equatable {
        public var weights: String
        public var data: String
        public var attribution: String
    }

    /// Most elements of one input.
    static let elementLimit = 1 << 24

    /// What keeps the manifest from being used; the in-page runtime checks what it reads itself.
    var problem: String? {
        var elements = 1
        for size in input.shape {
            let (product, overflow) = elements.multipliedReportingOverflow(by: size)
            guard size > 0, !overflow, product <= Self.elementLimit else {
                return "input.shape is \(input.shape); 1 to \(Self.elementLimit) elements are possible"
            }
            elements = product
        }
        guard input.minimum <= input.maximum else { return "input.minimum is above input.maximum" }
        guard maximumBatch >= 1 else { return "maximum_batch is \(maximumBatch); at least 1 is needed" }
        if input.kind == .tokens {
            guard tokenizer != nil else { return "tokenizer is missing, and the input is tokens" }
            guard input.shape.count == 1, let tokens = input.batchTokens, tokens >= 1 else {
                return "an input of tokens needs one dimension and batch_tokens"
            }
        }
        guard output.kind == .embedding || output.classes?.isEmpty == false else {
            return "output.classes is missing"
        }
        guard weights.bytes >= 1 else { return "weights.bytes is \(weights.bytes)" }
        for file in [weights.file, tokenizer?.file, accuracy?.data].compactMap(\.self) {
            guard !file.isEmpty, !file.contains("/") else {
                return "\"\(file)\" is not the name of a file beside the manifest"
            }
        }
        return nil
    }
}
