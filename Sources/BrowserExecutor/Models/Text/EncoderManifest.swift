import Foundation

/// Writes the manifest of a BERT encoder: its layers as steps of the in-page runtime.
struct EncoderManifest {
    let name: String
    let description: String
    let encoder: EncoderFolder
    let tensors: SafetensorsHeader
    let weightsBytes: Int
    let weightsSHA256: String
    let vocabularySHA256: String
    let licence: ModelManifest.Licence?

    /// Arithmetic that a dispatch should not exceed, in floating point operations: some two seconds of a
    /// software adapter with two slow cores, so that two queued dispatches end well before their deadline.
    private static let dispatchOperations = 6_000_000_000
    /// Most items and tokens of a dispatch; with more, nothing goes faster.
    private static let itemLimit = 64
    private static let tokenLimit = 2048

    private var configuration: EncoderFolder.Configuration { encoder.configuration }

    func json() throws(ModelImportError) -> Data {
        let tokens = encoder.maximumTokens
        let affordable = Self.dispatchOperations / configuration.operations(tokens: tokens)
        var steps = Steps(encoder: encoder, tensors: tensors)
        try steps.addEncoder()
        var manifest: [String: Any] = [
            "format_version": 1, "name": name, "family": "text_embedding", "runtime": "wgsl",
            "description": description,
            "input": [
                "name": Steps.tokens, "kind": "tokens", "shape": [tokens], "minimum": 0,
                "maximum": configuration.vocabSize - 1,
                "batch_tokens": max(8, min(Self.tokenLimit, affordable)),
                "element": "id of a token; -1 after the last",
            ] as [String: Any],
            "output": ["name": Steps.result, "kind": "embedding"],
            "maximum_batch": Self.itemLimit,
            "weights": [
                "file": EncoderFolder.weightsFile, "bytes": weightsBytes, "sha256": weightsSHA256,
            ] as [String: Any],
            "tokenizer": [
                "file": EncoderFolder.vocabularyFile, "sha256": vocabularySHA256,
                "lower_case": encoder.options.lowerCase, "strip_accents": encoder.options.stripAccents,
                "separate_ideographs": encoder.options.separateIdeographs,
            ] as [String: Any],
            "steps": steps.all,
        ]
        if let licence {
            manifest["licence"] = [
                "weights": licence.weights, "data": licence.data, "attribution": licence.attribution,
            ]
        }
        do {
            return try JSONSerialization.data(
                withJSONObject: manifest, options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
        } catch {
            throw .unsupported(path: encoder.path, reason: "\(error)")
        }
    }
}

/// The steps of an encoder, in order.
private struct Steps {
    static let tokens = "tokens"
    static let result = "normalise.out"

    let encoder: EncoderFolder
    let tensors: SafetensorsHeader
    private(set) var all: [[String: Any]] = []
    /// What stands before the names of tensors: heads for other tasks keep the encoder as `bert`.
    private let prefix: String

    init(encoder: EncoderFolder, tensors: SafetensorsHeader) {
        self.encoder = encoder
        self.tensors = tensors
        prefix = tensors.types["bert.embeddings.word_embeddings.weight"] == nil ? "" : "bert."
    }

    mutating func addEncoder() throws(ModelImportError) {
        let configuration = encoder.configuration
        let tables = ["word", "position", "token_type"].map { "embeddings.\($0)_embeddings.weight" }
        let width = configuration.hiddenSize
        try add("embed", "embedding", [Self.tokens], try weights(tables), width)
        try addNorm("embed.norm", "embeddings.LayerNorm", input: "embed.out")
        var hidden = "embed.norm.out"
        for layer in 0..<configuration.numHiddenLayers {
            let (own, source) = ("layer\(layer)", "encoder.layer.\(layer)")
            for part in ["query", "key", "value"] {
                try addLinear("\(own).\(part)", "\(source).attention.self.\(part)", input: hidden, width)
            }
            let attended = ["query", "key", "value"].map { "\(own).\($0).out" } + [Self.tokens]
            try add(
                "\(own).attention", "attention", attended, [], width,
                ["heads": configuration.numAttentionHeads])
            try addLinear(
                "\(own).projection", "\(source).attention.output.dense", input: "\(own).attention.out", width)
            try add("\(own).residual1", "add", [hidden, "\(own).projection.out"], [], width)
            try addNorm(
                "\(own).norm1", "\(source).attention.output.LayerNorm", input: "\(own).residual1.out")
            try addLinear(
                "\(own).expand", "\(source).intermediate.dense", input: "\(own).norm1.out",
                configuration.intermediateSize, activation: configuration.activation ?? "none")
            try addLinear("\(own).contract", "\(source).output.dense", input: "\(own).expand.out", width)
            try add("\(own).residual2", "add", ["\(own).norm1.out", "\(own).contract.out"], [], width)
            try addNorm("\(own).norm2", "\(source).output.LayerNorm", input: "\(own).residual2.out")
            hidden = "\(own).norm2.out"
        }
        let mode = encoder.poolsFirstToken ? "cls" : "mean"
        try add("pool", "pool_tokens", [hidden, Self.tokens], [], nil, ["mode": mode], shape: [width])
        try add("normalise", "l2_normalise", ["pool.out"], [], nil, shape: [width])
    }

    private mutating func addLinear(
        _ name: String, _ source: String, input: String, _ width: Int, activation: String = "none"
    ) throws(ModelImportError) {
        let named = try weights(["\(source).weight", "\(source).bias"])
        try add(name, "linear", [input], named, width, ["activation": activation])
    }

    /// Older files call scale and shift `gamma` and `beta`.
    private mutating func addNorm(
        _ name: String, _ source: String, input: String
    ) throws(ModelImportError) {
        let isOld = tensors.types["\(prefix)\(source).gamma"] != nil
        let named = try weights(
            isOld ? ["\(source).gamma", "\(source).beta"] : ["\(source).weight", "\(source).bias"])
        let epsilon = encoder.configuration.layerNormEps ?? 1e-12
        try add(name, "layer_norm", [input], named, encoder.configuration.hiddenSize, ["epsilon": epsilon])
    }

    /// - Parameter width: of a result over tokens; without it `shape` is that of the result.
    private mutating func add(
        _ name: String, _ operation: String, _ inputs: [String], _ weights: [String], _ width: Int?,
        _ attributes: [String: Any] = [:], shape: [Int] = []
    ) throws(ModelImportError) {
        all.append([
            "name": name, "op": operation, "kernel": operation, "inputs": inputs, "weights": weights,
            "outputs": ["\(name).out"],
            "output_shape": width.map { [encoder.maximumTokens, $0] } ?? shape, "attributes": attributes,
        ])
    }

    /// The names of tensors as they stand in the file. Each must be there, as 32 bit numbers.
    private func weights(_ names: [String]) throws(ModelImportError) -> [String] {
        var found: [String] = []
        for name in names.map({ prefix + $0 }) {
            let path = encoder.path + "/" + EncoderFolder.weightsFile
            guard let type = tensors.types[name] else {
                throw .unsupported(path: path, reason: "it has no tensor \(name)")
            }
            guard type == "F32" else {
                throw .unsupported(
                    path: path, reason: "the tensor \(name) is \(type); Weir runs F32, so convert it first")
            }
            found.append(name)
        }
        return found
    }
}
