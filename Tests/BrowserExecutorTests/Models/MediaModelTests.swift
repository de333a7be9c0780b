import Foundation
import Pool
import PoolEngine
import Testing

@testable import BrowserExecutor

@Suite("Models of sound and images") struct MediaModelTests {
    @Test("speech is where silero-vad's own rules find it")
    func segments() throws {
        let speech = try MediaReferences.read().speech
        let wave = try WaveFile(MediaReferences.bytes("speech.wav"))
        #expect(wave.rate == 16000)
        let own = MediaReferences.Rule(
            probabilities: speech.probabilities, samples: wave.samples.count, segments: speech.segments)
        #expect(speech.rules.contains { $0.segments.count > 4 })
        for rule in speech.rules + [own] {
            let found = SpeechSegments(
                probabilities: rule.probabilities, chunk: 512, length: rule.samples, rate: 16000)
            #expect(found.samples == rule.segments.map { $0.start..<$0.end })
        }
    }

    @Test("files are packed one after the other, and their header says what they are")
    func packed() throws {
        var packed = PackedFiles()
        packed.add([1, 2, 3], name: "a/é.wav", items: 2)
        packed.add([4], name: "b", items: 1)
        #expect(packed.items == 3)
        let bytes = try packed.encoded()
        let read = try #require(PackedFiles(headerOf: bytes))
        #expect(read.files == packed.files)
        #expect(read.files.map(\.offset) == [0, 8])
        #expect(bytes.count % 8 == 1)
        #expect(bytes.suffix(9) == [1, 2, 3, 0, 0, 0, 0, 0, 4])
        for torn in [[], [1, 2], [255, 0, 0, 0, 1], Array(bytes.prefix(20))] as [[UInt8]] {
            #expect(PackedFiles(headerOf: torn) == nil)
        }
    }

    @Test("an image that is torn or of another kind is told by its bytes")
    func images() throws {
        for name in ["page.png", "page.jpg"] {
            let whole = try MediaReferences.bytes(name)
            #expect(ImageFile.problem(whole) == nil)
            #expect(ImageFile.problem(whole + [0, 0]) == nil)
            #expect(ImageFile.problem(whole.dropLast(whole.count / 2))?.contains("too early") == true)
        }
        #expect(ImageFile.problem(Array("GIF89a".utf8))?.contains("neither") == true)
        #expect(ImageFile.problem([]) != nil)
    }

    @Test("those that can be fetched have manifests that can be read, of the files that are fetched (EXEC-3)")
    func catalogue() throws {
        let known = try KnownModel.all().filter(\.isOneFile)
        #expect(known.map(\.name) == ["silero-vad", "rapidocr-direction", "rapidocr-detection"])
        for model in known {
            let folder = try TemporaryFolder()
            let path = Resources.root + "/catalogue/" + (try #require(model.manifest))
            try folder.write(Data(contentsOf: URL(fileURLWithPath: path)), to: "model.json")
            let package = try ModelPackage(folder: folder.path)
            #expect(package.name == model.name)
            #expect(package.takesFiles)
            #expect(package.runtimeBackends == OnnxModel.backends)
            let weights = package.manifest.weights
            #expect(model.files == [weights.file: weights.sha256])
            #expect(package.manifest.licence != nil)
        }
    }

    @Test("a file that is not the known one is not added, and nothing is left of it (EXEC-3)")
    func otherFile() throws {
        let cache = try TemporaryFolder()
        let source = try TemporaryFolder()
        let catalog = ModelCatalog(environment: ["WEIR_CACHE": cache.path])
        let model = try #require(try KnownModel.all().first { $0.name == "silero-vad" })
        #expect(throws: ModelImportError.self) { try model.add(from: source.path, into: catalog) }
        try source.write("other", to: "silero_vad/data/silero_vad_op18_ifless.onnx")
        #expect(throws: FetchError.self) { try model.add(from: source.path, into: catalog) }
        let wheel = try source.write("no wheel", to: "silero.whl")
        #expect(throws: FetchError.self) { try model.add(from: wheel, into: catalog) }
        #expect(catalog.entries().map(\.name) == ["digits"])
        #expect(try FileManager.default.contentsOfDirectory(atPath: cache.path + "/models").isEmpty)
    }

    @Test("a manifest that does not say how files are read is malformed")
    func malformed() throws {
        let changes: [(word: String, change: @Sendable (inout [String: Any]) -> Void)] = [
            ("input.kind", { $0["runtime"] = "wgsl" }),
            (
                "rate, chunk and context",
                { $0["input"] = ["name": "x", "kind": "samples", "minimum": 0, "maximum": 1] }
            ),
            ("state with dims", { $0["state"] = nil }),
            ("a probability", { $0["output"] = ["kind": "embedding"] }),
            (
                "fit or limit",
                { $0["input"] = ["name": "x", "kind": "image", "minimum": 0, "maximum": 1, "image": [:]] }
            ),
        ]
        let path = Resources.root + "/catalogue/silero-vad.json"
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        for (word, change) in changes {
            var manifest = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
            change(&manifest)
            let folder = try TemporaryFolder()
            try folder.write(JSONSerialization.data(withJSONObject: manifest), to: "model.json")
            let error = #expect(throws: ModelError.self) { try ModelPackage(folder: folder.path) }
            #expect(error?.description.contains(word) == true, "\(String(describing: error))")
        }
    }
}
