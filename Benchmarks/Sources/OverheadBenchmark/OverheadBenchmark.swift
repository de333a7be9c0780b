import BenchmarkKit
import BrowserExecutor
import ChromePipe
import EventLog
import Foundation
import Measuring
import Pool
import PoolEngine

/// The same encoder layer run by the whole pool (engine, log on disk, executor) and by a minimal script in a page of the
/// same browser, in turn: what Weir costs.
@main
struct OverheadBenchmark {
    private static let shapes = [(tokens: 16, texts: 2), (32, 4)]
    /// Runs of one turn, each one dispatch of all texts.
    private static let runs = 16

    static func main() async {
        await benchmark {
            try await run(rounds: CommandLine.arguments.dropFirst().first.flatMap { Int($0) } ?? 15)
        }
    }

    private static func run(rounds: Int) async throws {
        let work = NSTemporaryDirectory() + "weir-benchmark-\(ProcessInfo.processInfo.processIdentifier)"
        try FileManager.default.createDirectory(atPath: work, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: work) }

        let layer = EncoderLayer(seed: 1)
        let catalog = ModelCatalog(environment: ["WEIR_CACHE": work + "/cache"])
        let model = try layer.add(to: catalog, named: "layer", work: work)
        let pool = try await PoolRuns(model: model, catalog: catalog, log: work + "/log")
        do {
            // Starts the browser, loads the model and compiles.
            _ = try await pool.run(
                EncoderLayer.inputs(layer.ids(tokens: 8, batch: 1, seed: 1)), texts: 1, runs: 1)
            let chrome = try await pool.chrome()
            let script = try await ScriptRuns(model: model, in: chrome)
            say("Medians of \(rounds) rounds of \(runs) runs each, warm")
            say("browser   \(chrome.version.product), wgsl variant \(script.variant)")
            for (tokens, texts) in shapes {
                let ids = layer.ids(tokens: tokens, batch: texts, seed: 1)
                let inputs = EncoderLayer.inputs(ids)
                try await script.give(inputs, texts: texts, id: "\(tokens)x\(texts)")
                _ = try await pool.run(inputs, texts: texts, runs: 2)
                _ = try await script.run("\(tokens)x\(texts)", texts: texts, runs: 2, depth: 1)
                var (pooled, single, double, tasks): ([Double], [Double], [Double], [Double]) = (
                    [], [], [], []
                )
                for round in 0..<rounds {
                    // What is first in a round must not always be the same.
                    for turn in 0..<3 {
                        switch (turn + round) % 3 {
                        case 0:
                            let ran = try await pool.run(inputs, texts: texts, runs: runs)
                            pooled.append(ran.perRun)
                            tasks.append(ran.task - ran.perRun * Double(runs))
                        case 1:
                            single.append(
                                try await script.run(
                                    "\(tokens)x\(texts)", texts: texts, runs: runs, depth: 1))
                        default:
                            double.append(
                                try await script.run(
                                    "\(tokens)x\(texts)", texts: texts, runs: runs, depth: 2))
                        }
                    }
                }
                // Of times of one round, which a busy machine troubles alike.
                func overhead(_ bare: [Double]) -> String {
                    let ratios = Samples(zip(pooled, bare).map { $0 / $1 })
                    return ((ratios.median - 1) * 100).rounded(to: 1) + " %"
                }
                var table = Table([
                    "\(tokens) tokens × \(texts)", "ms/run", "overhead of the pool",
                ])
                table.add(["pool", Samples(pooled).median.rounded(to: 2), ""])
                table.add(["script", Samples(single).median.rounded(to: 2), overhead(single)])
                table.add(["script, two under way", Samples(double).median.rounded(to: 2), overhead(double)])
                say("\n" + table.text)
                say("a task besides its runs: \(Samples(tasks).median.rounded(to: 1)) ms")
            }
        } catch {
            await pool.end()
            throw error
        }
        await pool.end()
    }
}

/// Runs as the pool does them, on one browser with a log on disk.
private final class PoolRuns {
    private let model: ModelPackage
    private let executor: BrowserExecutor
    private let engine: PoolEngine
    private let events: AsyncStream<Event>
    private var iterator: AsyncStream<Event>.Iterator
    private var browser: BrowserID?

    init(model: ModelPackage, catalog: ModelCatalog, log: String) async throws {
        self.model = model
        let store = LogEventStore(try EventLog.open(at: log))
        let configuration = BrowserExecutor.Configuration(
            installation: try ChromeLocator().locate(), catalog: catalog)
        executor = BrowserExecutor(configuration) { try $0.bytes(in: store) }
        engine = try PoolEngine(store: store, executor: executor)
        let identity = EngineIdentity(
            version: "benchmark", host: "", pid: UInt32(ProcessInfo.processInfo.processIdentifier),
            simulated: false)
        try await engine.start(identity: identity, policy: PoolPolicy(maxConnections: 1), holdTasks: false)
        events = await engine.events()
        iterator = events.makeAsyncIterator()
    }

    /// Runs a task of `runs` dispatches.
    ///
    /// - Returns: Milliseconds of a run, and of the task from its submission to its end.
    func run(_ inputs: [UInt8], texts: Int, runs: Int) async throws -> (perRun: Double, task: Double) {
        let stored = Payload.storing(inputs)
        let spec = TaskSpec(
            family: model.family, model: model.name, modelDigest: model.digest, runtime: "wgsl",
            itemsTotal: UInt64(texts * runs), inputs: stored.payload, inputsCount: UInt64(texts),
            batchItems: UInt32(texts), backends: [.webgpu])
        let submitted = ContinuousClock.now
        let task = try await engine.submit(spec, blobs: stored.blobs)
        var started: EventTime?
        var ended: EventTime?
        while let event = await iterator.next() {
            switch event.payload {
            case .browserLaunched(let launched): browser = launched.browser
            case .runStarted: started = event.at
            case .runCompleted: ended = event.at
            case .taskSucceeded(let succeeded) where succeeded.task == task:
                guard let started, let ended else { throw BenchmarkError("task \(task) ended without a run") }
                let nanoseconds = ended.nanoseconds - started.nanoseconds
                return (
                    Double(nanoseconds) / 1e6 / Double(runs), (ContinuousClock.now - submitted).milliseconds
                )
            case .taskFailed(let failed): throw BenchmarkError("task \(failed.task) failed: \(failed.detail)")
            default: break
            }
        }
        throw BenchmarkError("the engine ended")
    }

    func chrome() async throws -> Chrome {
        guard let browser, let chrome = await executor.chrome(of: browser) else {
            throw BenchmarkError("there is no browser")
        }
        return chrome
    }

    func end() async {
        try? await engine.stop(.finished)
        await executor.abandon()
    }
}

/// Runs by a loop in a page that does nothing else.
private struct ScriptRuns {
    let variant: String
    private let model: ModelPackage
    private let page: BenchmarkPage

    init(model: ModelPackage, in chrome: Chrome) async throws {
        self.model = model
        page = try await BenchmarkPage.wgsl(in: chrome)
        variant = try await page.load(model).variant
    }

    func give(_ inputs: [UInt8], texts: Int, id: String) async throws {
        try await page.give(inputs, count: texts, id: id)
    }

    /// Milliseconds of a run, of which `depth` are under way at once.
    func run(_ id: String, texts: Int, runs: Int, depth: Int) async throws -> Double {
        let request = "{ model: '\(model.digest)', inputs: '\(id)', first: 0, count: \(texts) }"
        let script = """
            (async () => {
              const started = performance.now();
              const underWay = [];
              for (let run = 0; run < \(runs); run += 1) {
                underWay.push(weir.run(\(request)));
                if (underWay.length === \(depth)) await underWay.shift();
              }
              await Promise.all(underWay);
              return (performance.now() - started) / \(runs);
            })()
            """
        return try await page.evaluate(script)
    }
}
