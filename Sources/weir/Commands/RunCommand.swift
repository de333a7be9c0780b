import ArgumentParser
import BrowserExecutor
import EventLog
import Pool
import PoolEngine
import Projections

/// `weir run`.
struct RunCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Runs a model in the pool until its task ends, and prints the results.",
        usage: """
            weir run [MODEL] [--input FILE ...] [--text TEXT ...] [--items N]
                     [--tasks N] [--browsers N] [--browser KIND ...]
                     [--task FILE] [--config FILE]
                     [--backend NAME ...] [--strict-backend] [--log DIR] [--json]
            weir run --suite DIR [--expectations FILE] [--backend NAME ...]
                     [--rtol X] [--atol X] [--log DIR] [--json]
            weir run --resume TASK-ID [--browsers N] [--browser KIND ...]
                     [--config FILE] [--log DIR] [--json]
            """,
        discussion: """
            Without arguments it classifies the held-out images of handwritten digits on one headless browser. \
            Results are recorded as they come; an interrupted or killed run goes on with --resume.

            Examples:
              weir run
              weir run digits --items 20000 --browsers 2
              weir run digits --tasks 10
              weir run digits --browsers 2 --browser chrome --browser firefox
              weir run all-minilm-l6-v2 --text "A cat."
              weir run silero-vad --input talk.wav
              weir run rapidocr-detection --input page.png
              weir run --task task.json --config pool.json --json
              weir run path/to/model.onnx --backend cpu
              weir run path/to/kernels --input inputs.json
              weir run --suite path/to/onnx/tests --expectations known.json
              weir run --resume 3
            """)

    @OptionGroup var options: RunOptions
    @OptionGroup var location: LogLocation
    @Flag(name: .long, help: "Print one JSON object.") var json = false

    func run() async throws {
        let ending = try await perform()
        Terminal.print(ending.output)
        if let exit = ending.exit { throw exit }
    }

    /// Runs, and tells how it ended.
    ///
    /// - Parameter disturbance: What is done to the pool while the tasks run.
    func perform(disturbedBy disturbance: (any Disturbance)? = nil) async throws -> RunEnding {
        let catalog = ModelCatalog()
        if let id = options.resume { return try await resume(TaskID(id), catalog, disturbance) }
        return try await submit(catalog, disturbance)
    }

    private func submit(_ catalog: ModelCatalog, _ disturbance: (any Disturbance)?) async throws -> RunEnding
    {
        let request = try RunRequest(options, catalog: catalog)
        let installations = try BrowserChoice.installations(
            options.browser,
            preference: options.config == nil
                ? nil : request.policy.browserPreferences.first { $0.family == request.spec.family }?.browser)
        if request.policy.autoOptimization, options.config != nil {
            Terminal.note("weir: auto_optimization is recorded; this version makes no recommendations yet")
        }
        let log = try location.openForWriting()
        defer { log.close() }
        let session = try RunSession(
            log: log, installations: installations, catalog: catalog, disturbance: disturbance)
        let result = try await session.run(policy: request.policy) { engine in
            var tasks: [TaskID] = []
            for _ in 0..<request.copies {
                tasks.append(try await engine.submit(request.spec, blobs: request.blobs))
            }
            return tasks
        }
        if result.tasks.count > 1 { return try finish(result.tasks, result.end, session) }
        return try finish(
            result.tasks[0], result.end,
            try session.outcome(of: result.tasks[0], appended: result.appended), catalog)
    }

    private func resume(
        _ task: TaskID, _ catalog: ModelCatalog, _ disturbance: (any Disturbance)?
    ) async throws -> RunEnding {
        try refuseNewTaskOptions()
        let reader = try location.openForReading()
        let before: RunOutcome?
        do {
            defer { reader.close() }
            before = try RunOutcome(of: task, in: LogEventSource(reader), appended: 1..<1)
        }
        guard let before else {
            throw UsageError("--resume is \(task), but \(location.path) has no such task; see weir tasks")
        }
        if before.task.status.isTerminal { return try finish(task, .ended, before, catalog) }
        let policy = try RunRequest.policy(options)
        let installations = try BrowserChoice.installations(options.browser)
        let log = try location.openForWriting()
        defer { log.close() }
        let session = try RunSession(
            log: log, installations: installations, catalog: catalog, disturbance: disturbance)
        let result = try await session.run(policy: policy) { engine in
            try await engine.resume(task)
            return [task]
        }
        return try finish(task, result.end, try session.outcome(of: task, appended: result.appended), catalog)
    }

    private func refuseNewTaskOptions() throws(UsageError) {
        let given =
            options.model != nil || !options.input.isEmpty || !options.text.isEmpty || options.task != nil
            || options.items != nil || options.suite != nil || options.tasks != nil
            || !options.backend.isEmpty || options.strictBackend
        if given {
            throw UsageError(
                "--resume takes the task as it was submitted; leave out MODEL, --input, --text, --task, --items, "
                    + "--tasks, --suite, --backend, --strict-backend")
        }
    }

    private func finish(
        _ task: TaskID, _ end: RunSession.End, _ outcome: RunOutcome?, _ catalog: ModelCatalog
    ) throws -> RunEnding {
        guard let outcome else { throw FailedError("task \(task) is not in the log; run weir verify") }
        let correct = outcome.correct(try expectedLabels(outcome.task.spec, catalog))
        let suite = try outcome.suite.map { suite in
            try SuiteReport(of: outcome, suite, expectations: try ExpectationsFile.named(by: options))
        }
        let report = RunReport(
            outcome: outcome, correct: correct, speech: speech(outcome, catalog), logPath: location.path,
            suite: suite)
        let exit: ExitCode? =
            switch outcome.task.status {
            case .succeeded: suite?.isAsExpected == false ? ExitStatus.failed : nil
            case .failed, .cancelled, .timedOut: ExitStatus.failed
            default: end == .interrupted ? ExitStatus.interrupted : ExitStatus.failed
            }
        return RunEnding(output: json ? report.json : report.text, exit: exit)
    }

    /// The end of several tasks: a line of each, which the log has in full.
    private func finish(
        _ tasks: [TaskID], _ end: RunSession.End, _ session: RunSession
    ) throws -> RunEnding {
        let records = try session.records(of: tasks)
        let output =
            json
            ? RunListing.json(records, logPath: location.path)
            : RunListing.text(records, logPath: location.path)
        let isDone = records.count == tasks.count && records.allSatisfy { $0.status == .succeeded }
        let cause = end == .interrupted ? ExitStatus.interrupted : ExitStatus.failed
        return RunEnding(output: output, exit: isDone ? nil : cause)
    }

    /// Where there is speech, when the task's model is one that tells.
    private func speech(_ outcome: RunOutcome, _ catalog: ModelCatalog) -> SpeechReport? {
        guard let sounds = outcome.sounds,
            let samples = try? catalog.model(named: outcome.task.spec.model).manifest.input.samples
        else { return nil }
        return SpeechReport(inputs: sounds, samples: samples, probabilities: outcome.probabilities)
    }

    /// The right labels of a task's inputs: those of the files given, or of the model's own held-out inputs if the
    /// task has them.
    private func expectedLabels(_ spec: TaskSpec, _ catalog: ModelCatalog) throws -> [String] {
        guard let model = try? catalog.model(named: spec.model), !model.takesText, !model.takesFiles else {
            return []
        }
        var inputs = ModelInputs()
        if options.input.isEmpty {
            guard let heldOut = try model.heldOutInputs() else { return [] }
            inputs = heldOut
        } else {
            for file in options.input { inputs.append(try ModelInputs(file: file, for: model)) }
        }
        let payload = Payload.storing(inputs.bytes).payload
        return payload == spec.inputs ? inputs.labels : []
    }
}
