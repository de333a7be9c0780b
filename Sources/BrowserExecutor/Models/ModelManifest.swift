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
    /// What the model carries from item to item, if it does.
    public var state: State?
    public var accuracy: Accuracy?
    public var licence: Licence?

    public struct Input: Decodable, Sendable, Equatable {
        public var name: String
        /// Dimensions of one input, without the batch, for values and tokens.
        public var shape: [Int]?
        /// Smallest and largest value of an element, as given.
        public var minimum: Float
        public var maximum: Float
        /// What an element is; a model without this field takes values.
        public var kind: Kind?
        /// Tokens of all items of a dispatch together that should not be exceeded, for a model that takes tokens; one
        /// item may always be as long as `shape` says.
        public var batchTokens: Int?
        /// How sound is given, for a model that takes samples.
        public var samples: Samples?
        /// How images are prepared, for a model that takes them.
        public var image: Image?

        public enum Kind: String, Decodable, Sendable { case values, tokens, samples, image }

        /// Elements of one input.
        public var elementCount: Int { (shape ?? []).reduce(1, *) }
    }

    /// Sound in chunks, each of which is an item.
    public struct Samples: Decodable, Sendable, Equatable {
        /// Samples per second.
        public var rate: Int
        /// Samples of a chunk.
        public var chunk: Int
        /// Samples before a chunk that the model is given with it.
        public var context: Int
    }

    /// The size that images are brought to: one of both.
    public struct Image: Decodable, Sendable, Equatable {
        public var fit: Size?
        public var limit: Limit?

        /// A size that an image is fitted into, in pixels.
        public struct Size: Decodable, Sendable, Equatable {
            public var width: Int
            public var height: Int
        }

        /// Bounds of an image's sides, which are multiples of a number, in pixels.
        public struct Limit: Decodable, Sendable, Equatable {
            public var shortest: Int
            public var longest: Int
            public var multiple: Int
        }
    }

    public struct Output: Decodable, Sendable, Equatable {
        public var kind: Kind
        /// Names of the classes of a classification.
        public var classes: [String]?

        public enum Kind: String, Decodable, Sendable {
            case classification, embedding
            /// One number from 0 to 1.
            case probability
            /// Boxes around text.
            case textRegions = "text_regions"
        }
    }

    /// What a model gives at one item and takes at the next.
    public struct State: Decodable, Sendable, Equatable {
        /// Dimensions of the tensor.
        public var dims: [Int]
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
        if let problem = inputProblem { return problem }
        guard input.minimum <= input.maximum else { return "input.minimum is above input.maximum" }
        guard maximumBatch >= 1 else { return "maximum_batch is \(maximumBatch); at least 1 is needed" }
        guard output.kind != .classification || output.classes?.isEmpty == false else {
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

    private var inputProblem: String? {
        let kind = input.kind ?? .values
        let isOfFiles = kind == .samples || kind == .image
        guard isOfFiles == (runtime == OnnxModel.runtime) else {
            return
                "input.kind is \(kind), which the runtime \(runtime) does not take in a model of a manifest"
        }
        switch kind {
        case .values: return shapeProblem
        case .tokens:
            guard tokenizer != nil else { return "tokenizer is missing, and the input is tokens" }
            guard input.shape?.count == 1, let tokens = input.batchTokens, tokens >= 1 else {
                return "an input of tokens needs one dimension and batch_tokens"
            }
            return shapeProblem
        case .samples:
            guard let samples = input.samples, (1000...384_000).contains(samples.rate),
                (1...Self.elementLimit).contains(samples.chunk),
                (0...Self.elementLimit).contains(samples.context)
            else { return "an input of samples needs samples with rate, chunk and context" }
            guard let dims = state?.dims, dims.allSatisfy({ $0 >= 1 }), dims.reduce(1, *) <= Self.stateLimit
            else { return "a model of samples needs state with dims of 1 to \(Self.stateLimit) elements" }
            return output.kind == .probability ? nil : "a model of samples gives a probability"
        case .image:
            guard let image = input.image, (image.fit == nil) != (image.limit == nil) else {
                return "an input of images needs image with either fit or limit"
            }
            let isRead = output.kind == .classification || output.kind == .textRegions
            return isRead ? nil : "a model of images gives a classification or text_regions"
        }
    }

    /// Most elements of a state, which every step of the log's progress repeats.
    private static let stateLimit = 1 << 16

    private var shapeProblem: String? {
        guard let shape = input.shape else { return "input.shape is missing" }
        var elements = 1
        for size in shape {
            let (product, overflow) = elements.multipliedReportingOverflow(by: size)
            guard size > 0, !overflow, product <= Self.elementLimit else {
                return "input.shape is \(shape); 1 to \(Self.elementLimit) elements are possible"
            }
            elements = product
        }
        return nil
    }
}
