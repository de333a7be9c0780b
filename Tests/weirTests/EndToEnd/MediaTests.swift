import BrowserExecutor
import Foundation
import Pool
import Projections
import Synchronization
import Testing

extension EndToEnd {
    /// Models of sound and images by name. They and ONNX Runtime Web do not come with Weir: without them, and without a
    /// way to get them, these tests say so and are skipped.
    @Suite("Models of sound and images on the command line") struct Media {
        private static let models = ["silero-vad", "rapidocr-direction", "rapidocr-detection"]

        /// The cache that has the models and the runtime: that of the tests of ONNX models, or a further one into which
        /// the program adds the models with the pinned wheels.
        private static let cache: Task<String?, any Error> = Task {
            guard let base = try await Onnx.cache.value else { return nil }
            let known = ModelCatalog(environment: ["WEIR_CACHE": base]).entries().map(\.name)
            if models.allSatisfy(known.contains) { return base }
            let place = try Workplace()
            leftBehind.withLock { $0 = place }
            // It lives as long as the process, so nothing else would remove it.
            atexit { Media.leftBehind.withLock { $0 = nil } }
            let cache = place.root + "/cache"
            try FileManager.default.createDirectory(atPath: cache, withIntermediateDirectories: true)
            try FileManager.default.createSymbolicLink(
                atPath: cache + "/runtimes", withDestinationPath: base + "/runtimes")
            for model in models {
                let added = try await place.weir("model", "add", model)
                guard added.status == 0 else {
                    let why = "tests of sound and images are skipped: \(added.err)\n"
                    FileHandle.standardError.write(Data(why.utf8))
                    return nil
                }
            }
            return cache
        }

        private static let leftBehind = Mutex<Workplace?>(nil)

        private static let fixtures = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
            .appendingPathComponent("BrowserExecutorTests/Fixtures/media").path

        /// What the packages' own code gives; see `make.py` beside it.
        private struct References: Decodable {
            var speech: Speech
            var directions: [String: Direction]
            var detections: [String: [Box]]

            struct Speech: Decodable {
                var probabilities: [Double]
                var segments: [[String: Double]]
            }

            struct Direction: Decodable {
                var label: String
                var score: Double
            }

            struct Box: Decodable {
                var quadrilateral: [[Double]]
                var score: Double
            }

            static func read() throws -> References {
                let url = URL(fileURLWithPath: Media.fixtures + "/references.json")
                return try JSONDecoder().decode(References.self, from: Data(contentsOf: url))
            }
        }

        private func outputs(_ ended: Ended) throws -> [[String: Any]] {
            try #require(ended.status == 0, "\(ended)")
            return try #require(try ended.object()["outputs"] as? [[String: Any]])
        }

        private func probabilities(_ ended: Ended) throws -> [Double] {
            try outputs(ended).map { try #require($0["probability"] as? Double) }
        }

        @Test("speech is found where silero-vad finds it, in every file anew (EXEC-4, EXEC-5)")
        func speech() async throws {
            guard let cache = try await Self.cache.value else { return }
            let place = try Workplace()
            let reference = try References.read().speech
            let file = Self.fixtures + "/speech.wav"
            let ended = try await place.weir(
                "run", "silero-vad", "--input", file, "--input", file, "--backend", "cpu", "--json",
                environment: ["WEIR_CACHE": cache])
            let found = try probabilities(ended)
            let expected = reference.probabilities + reference.probabilities
            try #require(found.count == expected.count)
            #expect(zip(found, expected).allSatisfy { abs($0 - $1) < 1e-4 })
            let sounds = try #require(try ended.object()["speech"] as? [[String: Any]])
            #expect(sounds.count == 2)
            for sound in sounds {
                #expect(sound["file"] as? String == file)
                let segments = try #require(sound["segments"] as? [[String: Double]])
                #expect(segments == reference.segments.map { $0.mapValues { $0 / 16000 } })
            }
            let nodes = try #require(try ended.object()["provenance"] as? [String: Any])["nodes"]
            #expect((nodes as? [String: Int])?["cpu"] ?? 0 > 0)
            let onGPU = try await place.weir(
                "run", "silero-vad", "--input", file, "--items", "16", "--json",
                environment: ["WEIR_CACHE": cache])
            #expect(zip(try probabilities(onGPU), expected).allSatisfy { abs($0 - $1) < 1e-3 })
            let provenance = try #require(try onGPU.object()["provenance"] as? [String: Any])
            #expect(provenance["backend"] as? String == "webgpu")
            let text = try await place.weir("run", "--resume", "3", environment: ["WEIR_CACHE": cache])
            #expect(text.out.contains("speech  0.35 s to 1.34 s"), "\(text)")
            #expect(try await place.weir("verify").status == 0)
            #expect(try await place.leftovers() == [])
        }

        /// A sound of the fixture's speech, so often: longer than a browser needs to be killed within.
        private func longSound(in place: Workplace, copies: Int) throws -> String {
            let url = URL(fileURLWithPath: Self.fixtures + "/speech.wav")
            let speech = try Data(contentsOf: url).dropFirst(44)
            func little(_ value: Int) -> Data { withUnsafeBytes(of: UInt32(value).littleEndian) { Data($0) } }
            let length = speech.count * copies
            var file = Data("RIFF".utf8) + little(36 + length) + Data("WAVEfmt ".utf8) + little(16)
            file += Data([1, 0, 1, 0]) + little(16000) + little(16000) + Data([1, 0, 8, 0])
            file += Data("data".utf8) + little(length)
            for _ in 0..<copies { file += speech }
            let path = place.root + "/long.wav"
            try file.write(to: URL(fileURLWithPath: path))
            return path
        }

        @Test("a task that was killed goes on from the model's state: it gives what an undisturbed one gives")
        func resumed() async throws {
            guard let cache = try await Self.cache.value else { return }
            let place = try Workplace()
            let environment = ["WEIR_CACHE": cache]
            let file = try longSound(in: place, copies: 60)
            let arguments = ["run", "silero-vad", "--input", file, "--backend", "cpu", "--json"]
            let running = try place.start(arguments, environment: environment)
            try await place.events(until: "recorded results") { $0.ofType("run_progressed").count >= 3 }
            running.send(SIGKILL)
            #expect(try await running.end().signal == SIGKILL)
            let done = try #require(try place.events().history[TaskID(3)])
            #expect(done.itemsDone >= 3 * 64)
            try #require(done.itemsDone < done.spec.itemsTotal)
            let ended = try await place.weir("run", "--resume", "3", "--json", environment: environment)
            let whole = try await place.start(arguments, environment: environment).end()
            let (found, expected) = (try probabilities(ended), try probabilities(whole))
            #expect(UInt64(found.count) == done.spec.itemsTotal)
            let differences = zip(found, expected).map { abs($0 - $1) }
            #expect(differences.max() == 0, "the first is item \(differences.firstIndex { $0 > 0 } ?? -1)")
            #expect(try await place.weir("verify").status == 0)
            #expect(try await place.leftovers() == [])
        }

        @Test("lines of text have the direction and the score that rapidocr gives them (EXEC-4)")
        func direction() async throws {
            guard let cache = try await Self.cache.value else { return }
            let place = try Workplace()
            let references = try References.read().directions.sorted { $0.key < $1.key }
            let inputs = references.flatMap { ["--input", Self.fixtures + "/" + $0.key] }
            let ended = try await place.start(
                ["run", "rapidocr-direction", "--backend", "cpu", "--json"] + inputs,
                environment: ["WEIR_CACHE": cache]
            ).end()
            let outputs = try outputs(ended)
            try #require(outputs.count == references.count)
            for (output, (name, reference)) in zip(outputs, references) {
                #expect(output["file"] as? String == Self.fixtures + "/" + name)
                #expect(output["label"] as? String == reference.label)
                let score = try #require(output["score"] as? Double)
                #expect(abs(score - reference.score) < 1e-4, "\(name)")
            }
        }

        @Test("text is found in the boxes that rapidocr finds, in pixels of the image (EXEC-4)")
        func detection() async throws {
            guard let cache = try await Self.cache.value else { return }
            let place = try Workplace()
            let references = try References.read().detections.sorted { $0.key < $1.key }
            let inputs = references.flatMap { ["--input", Self.fixtures + "/" + $0.key] }
            let ended = try await place.start(
                ["run", "rapidocr-detection", "--backend", "cpu", "--json"] + inputs,
                environment: ["WEIR_CACHE": cache]
            ).end()
            let outputs = try outputs(ended)
            try #require(outputs.count == references.count)
            for (output, (name, reference)) in zip(outputs, references) {
                let boxes = try #require(output["boxes"] as? [[String: Any]])
                try #require(boxes.count == reference.count, "\(name): \(boxes)")
                for (box, expected) in zip(boxes, reference) {
                    let corners = try #require(box["quadrilateral"] as? [[Double]])
                    let distances = zip(corners.joined(), expected.quadrilateral.joined()).map {
                        abs($0 - $1)
                    }
                    #expect(distances.count == 8)
                    #expect(distances.allSatisfy { $0 <= 1 }, "\(name): \(corners) for \(expected)")
                    let score = try #require(box["score"] as? Double)
                    #expect(abs(score - expected.score) < 0.01, "\(name)")
                }
            }
            let text = try await place.weir("run", "--resume", "3", environment: ["WEIR_CACHE": cache])
            #expect(text.out.contains("boxes 6\n  22,5 99,17 95,46 17,34  score 0.87"), "\(text)")
        }

        @Test("files that cannot be used are named, before anything is opened where that can be seen")
        func refusals() async throws {
            guard let cache = try await Self.cache.value else { return }
            let place = try Workplace()
            let environment = ["WEIR_CACHE": cache]
            let page = try Data(contentsOf: URL(fileURLWithPath: Self.fixtures + "/page.png"))
            func write(_ name: String, _ data: Data) throws -> String {
                let path = place.root + "/" + name
                try data.write(to: URL(fileURLWithPath: path))
                return path
            }
            let torn = try write("torn.png", page.dropLast(200))
            let speech = try Data(contentsOf: URL(fileURLWithPath: Self.fixtures + "/speech.wav"))
            let cut = try write("cut.wav", speech.dropLast(9))
            for (model, path, word) in [
                ("rapidocr-direction", torn, "ends too early"), ("silero-vad", cut, "the file ends after"),
                ("silero-vad", torn, "no WAV file"), ("rapidocr-detection", cut, "neither a PNG nor a JPEG"),
                ("silero-vad", place.root + "/nothing.wav", "cannot be read"),
            ] {
                let ended = try await place.weir("run", model, "--input", path, environment: environment)
                #expect(ended.status == 2, "\(ended)")
                #expect(ended.err.contains(path) && ended.err.contains(word), "\(ended)")
            }
            let none = try await place.weir("run", "silero-vad", environment: environment)
            #expect(none.status == 2)
            #expect(none.err.contains("--input FILE"), "\(none)")
            #expect(!FileManager.default.fileExists(atPath: place.log))
            // Whole by its chunks, but its pixels are not: only the browser can see that.
            var broken = page
            broken.replaceSubrange(12..<16, with: Data("XXXX".utf8))
            let path = try write("broken.png", broken)
            let ended = try await place.weir(
                "run", "rapidocr-direction", "--input", path, "--backend", "cpu", "--json",
                environment: environment)
            #expect(ended.status == 1, "\(ended)")
            let task = try #require(try ended.object()["task"] as? [String: Any])
            #expect(task["failure"] as? String == "input_invalid")
            #expect((task["detail"] as? String)?.contains("broken.png") == true, "\(ended)")
        }

        @Test("a model is added once, listed and inspected as any other; what it needs is named")
        func listed() async throws {
            guard let cache = try await Self.cache.value else { return }
            let place = try Workplace()
            let folder = cache + "/models/silero-vad"
            let added = try await place.weir("model", "add", "silero-vad", "--from", folder)
            #expect(added.status == 0, "\(added)")
            #expect(added.out.contains("a chunk of 512 samples at 16000 Hz"), "\(added)")
            let again = try await place.weir("model", "add", "silero-vad", "--from", folder)
            #expect(again.out.hasPrefix("already there"), "\(again)")
            #expect(try await place.weir("model", "inspect", "silero-vad").out.contains("probability"))
            #expect(try await place.weir("model").out.contains("onnxruntime-web"))
            let needs = try await place.weir("run", "silero-vad", "--input", Self.fixtures + "/speech.wav")
            #expect(needs.status == 3, "\(needs)")
            #expect(needs.err.contains("weir runtime add onnxruntime-web"))
        }
    }
}
