import BrowserExecutor
import Foundation

/// A text encoder of one layer with seeded random weights, once as a folder in Hugging Face's layout and once as ONNX:
/// ids of tokens in, one vector of length 1 per text out (the mean of its tokens).
///
/// Its shape is that of a layer of all-MiniLM-L6-v2.
public struct EncoderLayer: Sendable {
    private static let width = 384
    private static let heads = 12
    private static let intermediate = 1536
    private static let vocabulary = 1000
    private static let maximumTokens = 128
    private static let epsilon = 1e-12
    private let tensors: [Tensor]

    private struct Tensor: Sendable {
        var name: String
        var dims: [Int]
        var values: [Float]
    }

    public init(seed: UInt64) {
        var random = SplitMix64(state: seed)
        func uniform(_ count: Int, _ bound: Float, around middle: Float = 0) -> [Float] {
            (0..<count).map { _ in middle + bound * Float.random(in: -1...1, using: &random) }
        }
        var tensors: [Tensor] = []
        func add(_ name: String, _ dims: [Int], _ bound: Float, around middle: Float = 0) {
            tensors.append(
                Tensor(name: name, dims: dims, values: uniform(dims.reduce(1, *), bound, around: middle)))
        }
        func addNorm(_ name: String) {
            add("\(name).weight", [Self.width], 0.1, around: 1)
            add("\(name).bias", [Self.width], 0.1)
        }
        func addLinear(_ name: String, _ outputs: Int, _ inputs: Int) {
            // Results then vary about as much as what goes in.
            add("\(name).weight", [outputs, inputs], (3 / Float(inputs)).squareRoot())
            add("\(name).bias", [outputs], 0.1)
        }
        add("embeddings.word_embeddings.weight", [Self.vocabulary, Self.width], 1)
        add("embeddings.position_embeddings.weight", [Self.maximumTokens, Self.width], 0.5)
        add("embeddings.token_type_embeddings.weight", [2, Self.width], 0.5)
        addNorm("embeddings.LayerNorm")
        let layer = "encoder.layer.0"
        for part in ["query", "key", "value"] {
            addLinear("\(layer).attention.self.\(part)", Self.width, Self.width)
        }
        addLinear("\(layer).attention.output.dense", Self.width, Self.width)
        addNorm("\(layer).attention.output.LayerNorm")
        addLinear("\(layer).intermediate.dense", Self.intermediate, Self.width)
        addLinear("\(layer).output.dense", Self.width, Self.intermediate)
        addNorm("\(layer).output.LayerNorm")
        self.tensors = tensors
    }

    /// Arithmetic of the layer for `batch` texts of `tokens` tokens, in floating point operations.
    public func operations(tokens: Int, batch: Int) -> Double {
        let perToken = 2 * Self.width * (4 * Self.width + 2 * Self.intermediate) + 4 * tokens * Self.width
        return Double(batch * tokens * perToken)
    }

    /// Ids of tokens from a seed.
    public func ids(tokens: Int, batch: Int, seed: UInt64) -> [Int] {
        var random = SplitMix64(state: seed)
        return (0..<tokens * batch).map { _ in Int.random(in: 5..<Self.vocabulary, using: &random) }
    }

    /// Ids as the runtime `wgsl` takes them: packed float32.
    public static func inputs(_ ids: [Int]) -> [UInt8] {
        ids.map(Float.init).withUnsafeBytes { [UInt8]($0) }
    }

    // MARK: Hugging Face's layout

    /// Adds the encoder to the models of a cache.
    ///
    /// - Parameter work: a folder that the encoder's files may be written to.
    public func add(to catalog: ModelCatalog, named name: String, work: String) throws -> ModelPackage {
        let folder = URL(fileURLWithPath: work).appendingPathComponent("encoder")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let configuration: [String: Any] = [
            "model_type": "bert", "hidden_size": Self.width, "intermediate_size": Self.intermediate,
            "num_hidden_layers": 1, "num_attention_heads": Self.heads, "vocab_size": Self.vocabulary,
            "max_position_embeddings": Self.maximumTokens, "hidden_act": "gelu",
            "layer_norm_eps": Self.epsilon,
        ]
        try JSONSerialization.data(withJSONObject: configuration)
            .write(to: folder.appendingPathComponent("config.json"))
        let pieces = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"] + (5..<Self.vocabulary).map { "w\($0)" }
        try Data(pieces.joined(separator: "\n").utf8).write(to: folder.appendingPathComponent("vocab.txt"))
        try Data(safetensors()).write(to: folder.appendingPathComponent("model.safetensors"))
        return try ModelImport(into: catalog).addEncoder(from: folder.path, named: name).model
    }

    private func safetensors() throws -> [UInt8] {
        var header: [String: Any] = [:]
        var data: [UInt8] = []
        for tensor in tensors {
            let bytes = tensor.values.withUnsafeBytes { [UInt8]($0) }
            header[tensor.name] =
                [
                    "dtype": "F32", "shape": tensor.dims,
                    "data_offsets": [data.count, data.count + bytes.count],
                ]
                as [String: Any]
            data += bytes
        }
        var json = [UInt8](try JSONSerialization.data(withJSONObject: header))
        json += [UInt8](repeating: UInt8(ascii: " "), count: (8 - json.count % 8) % 8)
        return withUnsafeBytes(of: UInt64(json.count).littleEndian) { [UInt8]($0) } + json + data
    }

    // MARK: ONNX

    /// The encoder as an ONNX model for texts of one length: input `ids` [batch, tokens], output `out` [batch, width].
    public func onnx(tokens: Int, batch: Int) -> [UInt8] {
        var graph = OnnxGraph()
        let known = Dictionary(uniqueKeysWithValues: tensors.map { ($0.name, $0) })
        func vector(_ name: String) -> String { graph.weights(known[name]!.values, known[name]!.dims) }
        func norm(_ input: String, _ name: String) -> String {
            graph.node(
                "LayerNormalization", [input, vector("\(name).weight"), vector("\(name).bias")],
                [("axis", .int(-1)), ("epsilon", .float(Float(Self.epsilon)))])
        }
        func linear(_ input: String, _ name: String) -> String {
            let matrix = known["\(name).weight"]!
            let (outputs, inputs) = (matrix.dims[0], matrix.dims[1])
            var transposed = [Float](repeating: 0, count: matrix.values.count)
            for output in 0..<outputs {
                for index in 0..<inputs {
                    transposed[index * outputs + output] = matrix.values[output * inputs + index]
                }
            }
            let product = graph.node("MatMul", [input, graph.weights(transposed, [inputs, outputs])])
            return graph.node("Add", [product, vector("\(name).bias")])
        }
        let words = graph.node(
            "Gather", [vector("embeddings.word_embeddings.weight"), "ids"], [("axis", .int(0))])
        let places = known["embeddings.position_embeddings.weight"]!.values.prefix(tokens * Self.width)
        let placed = graph.node("Add", [words, graph.weights(Array(places), [1, tokens, Self.width])])
        let types = known["embeddings.token_type_embeddings.weight"]!.values.prefix(Self.width)
        let typed = graph.node("Add", [placed, graph.weights(Array(types), [Self.width])])
        let hidden = norm(typed, "embeddings.LayerNorm")

        let layer = "encoder.layer.0"
        let head = Self.width / Self.heads
        let split = graph.shape([batch, tokens, Self.heads, head])
        func part(_ name: String, _ order: [Int]) -> String {
            let heads = graph.node("Reshape", [linear(hidden, "\(layer).attention.self.\(name)"), split])
            return graph.node("Transpose", [heads], [("perm", .ints(order))])
        }
        let query = part("query", [0, 2, 1, 3])
        let key = part("key", [0, 2, 3, 1])
        let value = part("value", [0, 2, 1, 3])
        let products = graph.node("MatMul", [query, key])
        let scores = graph.node("Mul", [products, graph.weights([1 / Float(head).squareRoot()], [])])
        let weights = graph.node("Softmax", [scores], [("axis", .int(-1))])
        let mixed = graph.node("MatMul", [weights, value])
        let ordered = graph.node("Transpose", [mixed], [("perm", .ints([0, 2, 1, 3]))])
        let joined = graph.node("Reshape", [ordered, graph.shape([batch, tokens, Self.width])])
        let attended = graph.node("Add", [linear(joined, "\(layer).attention.output.dense"), hidden])
        let middle = norm(attended, "\(layer).attention.output.LayerNorm")

        let expanded = linear(middle, "\(layer).intermediate.dense")
        let scaled = graph.node("Div", [expanded, graph.weights([Float(2).squareRoot()], [])])
        let raised = graph.node("Add", [graph.node("Erf", [scaled]), graph.weights([1], [])])
        let gated = graph.node("Mul", [expanded, raised])
        let activated = graph.node("Mul", [gated, graph.weights([0.5], [])])
        let contracted = graph.node("Add", [linear(activated, "\(layer).output.dense"), middle])
        let last = norm(contracted, "\(layer).output.LayerNorm")

        let mean = graph.node("ReduceMean", [last], [("axes", .ints([1])), ("keepdims", .int(0))])
        let length = graph.node("ReduceL2", [mean], [("axes", .ints([1])), ("keepdims", .int(1))])
        let out = graph.node("Div", [mean, length], named: "out")
        return graph.model(input: ("ids", [batch, tokens]), output: (out, [batch, Self.width]))
    }
}

/// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.
private struct SplitMix64: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
