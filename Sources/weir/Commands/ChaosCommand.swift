import ArgumentParser
import BrowserExecutor
import EventLog
import Foundation
import Pool
import PoolEngine
import Projections

/// `weir chaos`.
struct ChaosCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "chaos",
        abstract: "Injects real faults into the browsers of a run, and tells what came of each.",
        usage: """
            weir chaos [--fault NAME ...] [--seed S] [--rate R] [--json]
                       -- run [OPTIONS OF weir run]
            weir chaos --table [--fault NAME ...] [--repeats N] [--spare]
                       [--crash-limits] [--log DIR] [--json]
            weir chaos --soak [--seconds S] [--browsers N] [--fault NAME ...]
                       [--seed S] [--rate R] [--log DIR] [--json]
            weir chaos --list [--json]
            """,
        discussion: """
            What follows -- is a command of weir run, with all its options. While its tasks run, processes of its \
            browsers are killed and stopped, pages crash, loop and go away, the GPU is lost, hangs and is flooded: at \
            instants that are drawn from the seed, R times a second on average. A browser that runs a task is struck \
            rather than an idle one, and none is struck again before something was seen of the last fault. Each fault \
            is an event, fault_injected, that is durable before it is done; everything else is seen, decided and \
            healed as always.

            In the end it prints what was seen of each fault, what healed its browser, and how long it took until \
            that was seen and until the interrupted work ran again: from the log, counted from fault_injected.

            With --table each fault is injected N times (default: 10), each time into a task of its own, and the \
            outputs are compared with those of an undisturbed run. There is one browser, which must be healed; with \
            --spare another is ready, to which the work moves at once. With --crash-limits Chrome keeps its own \
            limits, under which it refuses WebGPU after a few crashes of the GPU: what it would refuse is then not \
            asked of it. Tasks are of the model digits, or of that of --model, and take a second or two undisturbed: \
            work runs again as soon as the model's shaders are compiled, for which digits takes longer than a small \
            kernel. The log is temporary unless --log names one, and kept where something is wrong. A dispatch then has \
            \(Format.duration(ms: FaultTable.dispatchDeadlineMs)) until it counts as hung, and not 20 s.

            With --soak a pool of N browsers (default: 3) is at work for S seconds (default: 60) with every model of \
            weir model, under faults; what is left then is finished undisturbed. Every task must succeed, with every item once and the outputs of an undisturbed \
            run; the number of processes and their memory must stay what they were, no process may be left, and \
            every decision must be the one that is taken again. A dispatch has 10 s there, and a task 50 attempts in a \
            row, as a model may take longer to load than faults leave it.

            Where heaps are to be exhausted or the GPU flooded, browsers have script heaps of \
            \(ChaosLimits.heapMiB) MiB, and count as failed when they use more than \(ChaosLimits.memoryMiB) MiB.

            Exit codes are those of the run; with --table 1 when an output is another, or a fault was not seen; \
            with --soak 1 when anything is not as it must be.

            Examples:
              weir chaos -- run digits --items 50000 --browsers 2
              weir chaos --fault gpu_killed --rate 0.5 -- run --items 50000
              weir chaos --table --repeats 3
              weir chaos --soak --seconds 600
              weir chaos --list
            """)

    @Option(
        name: .long,
        help: ArgumentHelp(
            "A fault to inject; may be given again (default: all of --list).", valueName: "name"))
    var fault: [InjectedFault] = []

    @Option(name: .long, help: "Where instants and faults are drawn from (default: 1).")
    var seed: UInt64?

    @Option(name: .long, help: "Faults per second, on average (default: 0.2; of a soak 0.3).")
    var rate: Double?

    @Flag(name: .long, help: "Inject each fault several times, and compare outputs.")
    var table = false

    @Option(name: .long, help: "How often each fault is injected for the table (default: 10).")
    var repeats: Int?

    @Option(
        name: .long,
        help: ArgumentHelp(
            "For the table: the model whose tasks are struck, as weir run takes it (default: digits).",
            valueName: "model"))
    var model: String?

    @Flag(name: .long, help: "For the table: keep a second browser ready.")
    var spare = false

    @Flag(name: .long, help: "For the table: leave Chrome's own limits on crashes of the GPU in force.")
    var crashLimits = false

    @Flag(name: .long, help: "Have a pool at work under faults for some time, with all models.")
    var soak = false

    @Option(name: .long, help: "For a soak: how long tasks are submitted (1 to 86400; default: 60).")
    var seconds: Int?

    @Option(name: .long, help: "For a soak: how many browsers there are (1 to 64; default: 3).")
    var browsers: Int?

    @Option(
        name: .customLong("log"),
        help: ArgumentHelp("The folder that the log of a table or soak is kept in.", valueName: "dir"))
    var log: String?

    @Flag(name: .long, help: "Print what faults there are, and how each is done.")
    var list = false

    @Flag(name: .long, help: "Print one JSON object.")
    var json = false

    @Argument(parsing: .postTerminator, help: ArgumentHelp(visibility: .hidden))
    var command: [String] = []

    func run() async throws {
        if list {
            try refuse(
                table || soak || !fault.isEmpty || isDrawn || isForTable || isForSoak || isForRun,
                "--list goes with --json alone")
            return Terminal.print(json ? FaultList.json : FaultList.text)
        }
        if table {
            try refuse(
                soak || isDrawn || isForSoak || isForRun,
                "--table takes --fault, --repeats, --model, --spare, --crash-limits, --log and --json alone")
            return try await makeTable()
        }
        try refuse(isForTable, "--repeats, --model, --spare and --crash-limits are for --table")
        if soak {
            try refuse(isForRun, "--soak runs every model, and takes no run")
            return try await performSoak()
        }
        try refuse(isForSoak, "--seconds and --browsers are for --soak; those of a run are given after run")
        try refuse(log != nil, "--log is for --table and --soak; the log of a run is given after run")
        try await disturbRun()
    }

    private var isDrawn: Bool { seed != nil || rate != nil }
    private var isForRun: Bool { !command.isEmpty }
    private var isForTable: Bool { repeats != nil || model != nil || spare || crashLimits }
    private var isForSoak: Bool { seconds != nil || browsers != nil }

    private func refuse(_ isGiven: Bool, _ words: String) throws(UsageError) {
        if isGiven { throw UsageError(words) }
    }

    private func checkedRate(default usual: Double) throws(UsageError) -> Double {
        let rate = rate ?? usual
        guard rate > 0, rate <= 100 else { throw UsageError("--rate is \(rate); allowed is above 0 to 100") }
        return rate
    }

    private func performSoak() async throws {
        let (seconds, browsers) = (seconds ?? 60, browsers ?? 3)
        guard (1...86_400).contains(seconds) else {
            throw UsageError("--seconds is \(seconds); allowed is 1 to 86400")
        }
        guard (1...64).contains(browsers) else {
            throw UsageError("--browsers is \(browsers); allowed is 1 to 64")
        }
        let soak = Soak(
            seconds: seconds, browsers: browsers, faults: faults, rate: try checkedRate(default: 0.3),
            seed: seed ?? 1)
        try await withLog(named: "soak") { location in
            let report = try await soak.run(in: location)
            Terminal.print(json ? report.json : report.text)
            if !report.problems.isEmpty { throw ExitStatus.failed }
        }
    }

    private var faults: [InjectedFault] { fault.isEmpty ? InjectedFault.allCases : fault }

    private func disturbRun() async throws {
        let rate = try checkedRate(default: 0.2)
        guard command.first == "run" else {
            throw UsageError("what follows -- must be a run, as in weir chaos -- run digits")
        }
        var run = try RunCommand.parse(Array(command.dropFirst()))
        guard run.options.suite == nil else {
            throw UsageError("--suite keeps account of browsers that fail; chaos takes runs of models")
        }
        run.json = run.json || json
        let injector = ChaosInjector(faults: faults, rate: rate, seed: seed ?? 1)
        let ending = try await run.perform(disturbedBy: injector)
        let history = try injections(in: run.location)
        let report = ChaosReport(figures: InjectionFigures.all(of: history))
        if json {
            var writer = JSONWriter()
            writer.braces { writer in
                writer.key("run")
                writer.raw(ending.output)
                writer.key("seed")
                writer.raw("\(seed ?? 1)")
                writer.key("rate")
                writer.raw("\(rate)")
                writer.key("faults")
                writer.raw(report.json)
            }
            Terminal.print(writer.string)
        } else {
            Terminal.print(ending.output + "\n\n" + report.text)
        }
        if let exit = ending.exit { throw exit }
    }

    /// The faults that the last engine of a log injected.
    private func injections(in location: LogLocation) throws -> [InjectionRecord] {
        let reader = try location.openForReading()
        defer { reader.close() }
        var engine: UInt64 = 0
        let history = try LogEventSource(reader).projected(InjectionHistory.self) { event in
            if case .engineStarted = event.payload { engine = event.sequence }
        }
        return history.injections.filter { $0.sequence > engine }
    }

    private func makeTable() async throws {
        let repeats = repeats ?? 10
        guard (1...100).contains(repeats) else {
            throw UsageError("--repeats is \(repeats); allowed is 1 to 100")
        }
        try await withLog(named: "chaos") { location in
            let table = try await FaultTable.make(
                of: faults, on: model ?? "digits", repeats: repeats, hasSpare: spare,
                hasCrashLimits: crashLimits, in: location)
            Terminal.print(json ? table.json : table.text)
            if !table.isSound { throw ExitStatus.failed }
        }
    }

    /// Works with the log that is named, else with a temporary one, which stays where something is not as it must be.
    private func withLog(named name: String, _ work: (LogLocation) async throws -> Void) async throws {
        if let log { return try await work(LogLocation(folder: log)) }
        let temporary = NSTemporaryDirectory() + "weir-\(name)-\(UUID().uuidString)"
        do {
            try await work(LogLocation(folder: temporary))
        } catch let exit as ExitCode where exit == ExitStatus.failed {
            Terminal.note("the log is kept: \(temporary)")
            throw exit
        } catch {
            try? FileManager.default.removeItem(atPath: temporary)
            throw error
        }
        try? FileManager.default.removeItem(atPath: temporary)
    }
}

extension InjectedFault: ExpressibleByArgument {
    public init?(argument: String) { self.init(name: argument) }
    public static var allValueStrings: [String] { names }
}
