import BenchmarkKit
import BrowserExecutor
import ChromePipe
import Foundation

/// A page with ONNX Runtime Web and nothing else: sessions by name, and one function that runs one and takes its time.
struct OnnxPage {
    private let page: BenchmarkPage

    struct Ran: Decodable {
        var ms: Double
        var out: [Float]
    }

    init(in chrome: Chrome, runtime: RuntimeInstallation) async throws {
        func read(_ path: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        }
        let wasm = try read(runtime.wasmPath)
        page = try await BenchmarkPage(
            in: chrome, named: "onnx",
            files: [
                "/index.html": Array(Self.document.utf8), "/bench.js": Array(Self.script.utf8),
                "/ort.js": try read(runtime.scriptPath), "/ort.wasm": wasm,
            ])
        _ = try await page.evaluate("bench.start(\(wasm.count), \(BenchmarkPage.partBytes))", as: Bool.self)
    }

    /// Makes a session of a model on an execution provider: `webgpu` or `wasm`.
    func open(_ model: [UInt8], named name: String, on provider: String) async throws {
        page.add(model, at: "/\(name)")
        _ = try await page.evaluate(
            "bench.open('\(name)', \(model.count), \(BenchmarkPage.partBytes), '\(provider)')", as: Bool.self)
    }

    /// Runs a session once: its time in the page, from the call to the outputs in the page's memory.
    func run(_ name: String, on provider: String, ids: [Int], batch: Int) async throws -> Ran {
        let dims = "[\(batch), \(ids.count / batch)]"
        return try await page.evaluate("bench.run('\(name)', '\(provider)', \(ids), \(dims))")
    }

    private static let document = """
        <!doctype html>
        <meta charset="utf-8">
        <script type="module" src="bench.js"></script>
        """

    private static let script = """
        import * as ort from "./ort.js";
        const sessions = new Map();

        async function bytes(url, count, partBytes) {
          const whole = new Uint8Array(count);
          for (let part = 0; part * partBytes < count; part += 1) {
            whole.set(new Uint8Array(await (await fetch(`${url}?part=${part}`)).arrayBuffer()), part * partBytes);
          }
          return whole;
        }

        globalThis.bench = {
          async start(count, partBytes) {
            ort.env.wasm.wasmBinary = (await bytes("/ort.wasm", count, partBytes)).buffer;
            ort.env.wasm.numThreads = 1;
            return true;
          },
          async open(name, count, partBytes, provider) {
            const model = await bytes(`/${name}`, count, partBytes);
            sessions.set(`${name} ${provider}`, await ort.InferenceSession.create(model, { executionProviders: [provider] }));
            return true;
          },
          async run(name, provider, ids, dims) {
            const feeds = { ids: new ort.Tensor("int64", BigInt64Array.from(ids, BigInt), dims) };
            const started = performance.now();
            const { out } = await sessions.get(`${name} ${provider}`).run(feeds);
            const values = await out.getData();
            return { ms: performance.now() - started, out: Array.from(values) };
          },
        };
        """
}
