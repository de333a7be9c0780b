import ArgumentParser
import BrowserExecutor
import EventLog
import Pool
import PoolEngine
import Projections

/// `weir compat`.
struct CompatCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compat",
        abstract: "Tries models on every backend of every browser found, and shows what ran.",
        usage:
            "weir compat [MODEL ...] [--backend NAME ...] [--browser KIND ...] [--log DIR]\n                    [--json]",
        discussion: """
            Each model is run on each backend of each browser as a task of its own that allows no other backend, on one \
            small input. What ran, what was refused and why is read from the log. It ends with 1 when something failed \
            that nobody refused.

            Example: weir compat digits path/to/model.onnx --backend webgpu
            """)

    @Argument(help: "Models, ONNX files or folders, folders of kernels (default: every model found).")
    var models: [String] = []

    @Option(name: .long, help: "A backend to try; may be given again (default: all).")
    var backend: [Backend] = []

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A kind of browser to try, as for weir run; may be given again (default: all that are found).",
            valueName: "kind"))
    var browser: [String] = []

    @OptionGroup var location: LogLocation
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() async throws {
        let catalog = ModelCatalog()
        let names = models.isEmpty ? catalog.entries().map(\.name) : models
        let attempts = try names.flatMap { name in
            try backends.map { try CompatAttempt(name, on: $0, catalog: catalog) }
        }
        let browsers = browser.isEmpty ? try BrowserChoice.all() : try BrowserChoice.installations(browser)
        let log = try location.openForWriting()
        defer { log.close() }
        var matrix = CompatMatrix(backends: backends, logPath: location.path)
        for browser in browsers {
            let session = try RunSession(log: log, installations: [browser], catalog: catalog)
            let result = try await session.run(policy: .commandLineDefault) { engine in
                var tasks: [TaskID] = []
                for attempt in attempts {
                    tasks.append(try await engine.submit(attempt.spec, blobs: attempt.blobs))
                }
                return tasks
            }
            matrix.add(
                browser.path, try session.facts(since: result.appended.lowerBound), models: names,
                try session.records(of: result.tasks))
            if result.end == .interrupted {
                Terminal.print(json ? matrix.json : matrix.text)
                throw ExitStatus.interrupted
            }
        }
        Terminal.print(json ? matrix.json : matrix.text)
        if matrix.hasFailures { throw ExitStatus.failed }
    }

    private var backends: [Backend] { backend.isEmpty ? Backend.allCases : backend }
}

/// One model on one backend, as a task on a small input.
private struct CompatAttempt {
    let spec: TaskSpec
    let blobs: [[UInt8]]

    init(_ name: String, on backend: Backend, catalog: ModelCatalog) throws {
        let request = try RunRequest(sampleOf: name, catalog: catalog)
        var spec = request.spec
        spec.itemsTotal = min(spec.itemsTotal, Self.itemLimit)
        spec.backends = [backend]
        spec.strictBackend = true
        self.spec = spec
        blobs = request.blobs
    }

    /// Items that are enough to see that a model runs.
    private static let itemLimit: UInt64 = 8
}
