import Foundation
import Pool
import Testing

@testable import BrowserExecutor

@Suite("Adding a text encoder") struct ModelImportTests {
    /// A copy of the small encoder's folder that a test may change.
    private func source() throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        for name in try FileManager.default.contentsOfDirectory(atPath: Fixtures.tinyBERT) {
            try folder.write(
                FileManager.default.contents(atPath: Fixtures.tinyBERT + "/" + name) ?? Data(), to: name)
        }
        return folder
    }

    private func change(_ folder: TemporaryFolder, _ key: String, to value: Any?) throws {
        let path = folder.path + "/config.json"
        var config = try #require(
            try JSONSerialization.jsonObject(with: Data(contentsOf: URL(fileURLWithPath: path)))
                as? [String: Any])
        config[key] = value
        try folder.write(JSONSerialization.data(withJSONObject: config), to: "config.json")
    }

    @Test("makes a model of its folder, once, and leaves nothing else in the cache (EXEC-3)")
    func add() throws {
        let cache = try TemporaryFolder()
        let catalog = ModelCatalog(environment: ["WEIR_CACHE": cache.path])
        // What a process that was killed has left behind goes away.
        try cache.write("half", to: "models/.adding-999999999-1/model.safetensors")
        let first = try ModelImport(into: catalog).addEncoder(from: Fixtures.tinyBERT, named: "tiny")
        #expect(first.isNew)
        #expect(first.model.family == .textEmbedding)
        #expect(first.model.takesText)
        #expect(first.model.weightsAreIntact())
        #expect(first.model.manifest.output.kind == .embedding)
        #expect(first.model.manifest.input.shape == [48])
        let again = try ModelImport(into: catalog).addEncoder(from: Fixtures.tinyBERT, named: "tiny")
        #expect(!again.isNew)
        #expect(again.model == first.model)
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache.path + "/models") == ["tiny"])
        #expect(try catalog.model(named: "tiny", digest: first.model.digest) != nil)

        // Damage is mended by adding it again.
        try cache.write("[UNK]\n", to: "models/tiny/vocab.txt")
        #expect(throws: InputError.self) { try ModelInputs(texts: ["a"], for: first.model) }
        #expect(try ModelImport(into: catalog).addEncoder(from: Fixtures.tinyBERT, named: "tiny").isNew)
        #expect(try ModelInputs(texts: ["a"], for: first.model).count == 1)
    }

    @Test("reads how long texts may be and what stands for them as sentence-transformers writes it")
    func sentenceTransformers() throws {
        let folder = try source()
        try folder.write(
            "{\"max_seq_length\": 16, \"do_lower_case\": false}", to: "sentence_bert_config.json")
        try folder.write(
            "{\"pooling_mode_cls_token\": true, \"pooling_mode_mean_tokens\": false}",
            to: "1_Pooling/config.json")
        try folder.write("{\"do_lower_case\": false}", to: "tokenizer_config.json")
        let encoder = try EncoderFolder(path: folder.path)
        #expect(encoder.maximumTokens == 16)
        #expect(encoder.poolsFirstToken)
        #expect(encoder.options == .init(lowerCase: false, stripAccents: false, separateIdeographs: true))
        try folder.write("{\"pooling_mode_max_tokens\": true}", to: "1_Pooling/config.json")
        #expect(throws: ModelImportError.self) { try EncoderFolder(path: folder.path) }
    }

    @Test("takes the vocabulary of tokenizer.json where there is no vocab.txt")
    func tokenizerFile() throws {
        let folder = try source()
        let pieces = try Fixtures.wordPiece().vocabulary
        let ids = Dictionary(uniqueKeysWithValues: pieces.enumerated().map { ($1, $0) })
        let file: [String: Any] = [
            "normalizer": ["type": "BertNormalizer", "lowercase": false] as [String: Any],
            "model": ["type": "WordPiece", "vocab": ids] as [String: Any],
        ]
        try folder.write(JSONSerialization.data(withJSONObject: file), to: "tokenizer.json")
        let listed = try EncoderFolder(path: folder.path).vocabulary()
        try FileManager.default.removeItem(atPath: folder.path + "/vocab.txt")
        let encoder = try EncoderFolder(path: folder.path)
        #expect(try encoder.vocabulary() == listed)
        #expect(!encoder.options.lowerCase)
    }

    @Test(
        "says what of a folder cannot be run, and adds nothing",
        arguments: [
            ("model_type", "roberta"), ("hidden_act", "swish"), ("position_embedding_type", "relative_key"),
        ])
    func unsupported(key: String, value: String) throws {
        let folder = try source()
        try change(folder, key, to: value)
        try expectRefusal(of: folder, naming: value)
    }

    @Test("refuses sizes that the kernels cannot compute, and layers that the weights lack")
    func sizes() throws {
        for (key, value) in [("hidden_size", 36), ("num_attention_heads", 5), ("num_hidden_layers", 3)] {
            let folder = try source()
            try change(folder, key, to: value)
            try expectRefusal(of: folder, naming: key == "num_hidden_layers" ? "encoder.layer.2" : "")
        }
        let folder = try source()
        try change(folder, "hidden_size", to: nil)
        try expectRefusal(of: folder, naming: "hiddenSize")
    }

    @Test("refuses weights of another type than F32, with the tensor's name")
    func halfPrecision() throws {
        let folder = try source()
        let path = folder.path + "/model.safetensors"
        var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        let at = try #require(Data(bytes).range(of: Data("\"F32\"".utf8))).lowerBound
        bytes.replaceSubrange(at..<at + 5, with: Array("\"F16\"".utf8))
        try folder.write(bytes, to: "model.safetensors")
        try expectRefusal(of: folder, naming: "F16")
    }

    @Test("refuses names that are no folder's, and those of models that come with Weir")
    func names() throws {
        let cache = try TemporaryFolder()
        let importer = ModelImport(into: ModelCatalog(environment: ["WEIR_CACHE": cache.path]))
        for name in ["", "../x", ".x", "-x", "a/b", "ä"] {
            #expect(throws: ModelImportError.badName(name)) {
                try importer.addEncoder(from: Fixtures.tinyBERT, named: name)
            }
        }
        #expect(throws: ModelImportError.nameTaken("digits")) {
            try importer.addEncoder(from: Fixtures.tinyBERT, named: "digits")
        }
    }

    @Test("The models that can be fetched are pinned by SHA-256")
    func known() throws {
        let known = try KnownModel.all()
        #expect(known.first?.name == "all-minilm-l6-v2")
        #expect(Set(known.map(\.name)).count == known.count)
        for model in known {
            #expect(([model.wheelSha256] + model.files.values).allSatisfy { $0.count == 64 })
            #expect(
                model.isOneFile
                    || Set(model.files.keys).isSuperset(of: ["config.json", "model.safetensors", "vocab.txt"])
            )
        }
    }

    private func expectRefusal(of folder: TemporaryFolder, naming word: String) throws {
        let cache = try TemporaryFolder()
        let catalog = ModelCatalog(environment: ["WEIR_CACHE": cache.path])
        let error = #expect(throws: ModelImportError.self) {
            try ModelImport(into: catalog).addEncoder(from: folder.path, named: "tiny")
        }
        #expect(error?.description.contains(word) == true || word.isEmpty, "\(String(describing: error))")
        #expect(
            ((try? FileManager.default.contentsOfDirectory(atPath: cache.path + "/models")) ?? []).isEmpty)
    }
}
