import BenchmarkKit
import BrowserExecutor
import ChromePipe
import Foundation
import Measuring

/// One encoder layer of all-MiniLM-L6-v2's shape on the runtime `wgsl` and on ONNX Runtime Web's providers `webgpu` and
/// `wasm`, in turn, in one browser; and all-MiniLM-L6-v2 itself on `wgsl`, if it is installed.
@main
struct EncoderBenchmark {
    private static let shapes = [(tokens: 16, batch: 1), (16, 8), (128, 1), (128, 8)]
    private static let providers = ["webgpu", "wasm"]

    static func main() async {
        await benchmark {
            try await run(rounds: CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 5)
        }
    }

    private static func run(rounds: Int) async throws {
        let work = NSTemporaryDirectory() + "weir-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
        defer { try? FileManager.default.removeItem(atPath: work) }
        let installed = ModelCatalog()
        guard let runtime = RuntimeInstallation.all(of: "onnxruntime-web", in: installed).first else {
            throw BenchmarkError("ONNX Runtime Web is missing; weir runtime add onnxruntime-web gets it")
        }
        let chrome = try await Chrome.launch(ChromeLocator().locate(), .forThisMachine)
        do {
            let wgsl = try await BenchmarkPage.wgsl(in: chrome)
            let onnx = try await OnnxPage(in: chrome, runtime: runtime)
            say("browser   \(chrome.version.product), \(runtime.description), one thread")
            try await compareLayer(wgsl, onnx, rounds: rounds, work: work)
            if let model = try? installed.model(named: "all-minilm-l6-v2") {
                try await measure(model, on: wgsl, rounds: rounds)
            }
        } catch {
            await chrome.close()
            throw error
        }
        await chrome.close()
    }

    private struct WgslRun: Decodable {
        var outputs: [Output]
        var runMs: Double

        enum CodingKeys: String, CodingKey {
            case outputs
            case runMs = "run_ms"
        }

        struct Output: Decodable {
            var embedding: [Float]
        }
    }

    private static func compareLayer(
        _ wgsl: BenchmarkPage, _ onnx: OnnxPage, rounds: Int, work: String
    ) async throws {
        let layer = EncoderLayer(seed: 1)
        let catalog = ModelCatalog(environment: ["WEIR_CACHE": work + "/cache"])
        let model = try layer.add(to: catalog, named: "layer", work: work)
        say("wgsl      variant \(try await wgsl.load(model).variant)")
        say("\nOne layer, \(rounds) rounds in turn, times in the page:")
        for (tokens, batch) in shapes {
            let ids = layer.ids(tokens: tokens, batch: batch, seed: UInt64(tokens * batch))
            let id = "\(tokens)x\(batch)"
            try await wgsl.give(EncoderLayer.inputs(ids), count: batch, id: id)
            let file = layer.onnx(tokens: tokens, batch: batch)
            for provider in providers { try await onnx.open(file, named: id, on: provider) }

            let request: [String: Any] = [
                "model": model.digest.description, "inputs": id, "first": 0, "count": batch,
            ]
            var times: [String: Samples] = [:]
            var outputs: [String: [Float]] = [:]
            // The first round compiles what is compiled late, and is not counted.
            for round in 0...rounds {
                let run = try await wgsl.call("run", request, as: WgslRun.self)
                outputs["wgsl"] = run.outputs.flatMap(\.embedding)
                if round > 0 { times["wgsl", default: Samples()].add(run.runMs) }
                for provider in providers {
                    let run = try await onnx.run(id, on: provider, ids: ids, batch: batch)
                    outputs[provider] = run.out
                    if round > 0 { times[provider, default: Samples()].add(run.ms) }
                }
            }
            let own = times["wgsl"]!
            var table = Table([
                "\(tokens) tokens × \(batch)", "median ms", "least ms", "GFLOP/s", "wgsl is faster by",
                "largest difference",
            ])
            for name in ["wgsl"] + providers {
                let samples = times[name]!
                let pairs = zip(outputs[name]!, outputs["wgsl"]!)
                let difference = pairs.map { abs($0 - $1) }.max() ?? .infinity
                guard outputs[name]!.count == outputs["wgsl"]!.count, difference < 1e-4 else {
                    throw BenchmarkError(
                        "\(name) differs from wgsl by \(difference): they do not compute the same")
                }
                table.add([
                    name == "wgsl" ? name : "ONNX \(name)",
                    samples.median.rounded(to: 1), samples.least.rounded(to: 1),
                    (layer.operations(tokens: tokens, batch: batch) / samples.median / 1e6).rounded(to: 2),
                    name == "wgsl" ? "" : (samples.median / own.median).rounded(to: 2) + " times",
                    name == "wgsl" ? "" : "\(difference)",
                ])
            }
            say("\n" + table.text)
        }
    }

    private static func measure(_ model: ModelPackage, on page: BenchmarkPage, rounds: Int) async throws {
        _ = try await page.load(model)
        var table = Table(["all-MiniLM-L6-v2: tokens × texts", "median ms", "texts/s"])
        let layer = EncoderLayer(seed: 1)
        for (tokens, batch) in [(16, 1), (16, 16), (128, 1), (128, 2)] {
            let ids = layer.ids(tokens: tokens, batch: batch, seed: 1)
            let id = "minilm-\(tokens)x\(batch)"
            try await page.give(EncoderLayer.inputs(ids), count: batch, id: id)
            let request: [String: Any] = [
                "model": model.digest.description, "inputs": id, "first": 0, "count": batch,
            ]
            var samples = Samples()
            for round in 0...rounds {
                let run = try await page.call("run", request, as: WgslRun.self)
                if round > 0 { samples.add(run.runMs) }
            }
            table.add([
                "\(tokens) × \(batch)", samples.median.rounded(to: 1),
                (Double(batch) / samples.median * 1e3).rounded(to: 1),
            ])
        }
        say("\n" + table.text)
    }
}
