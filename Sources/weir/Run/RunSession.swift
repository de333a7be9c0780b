import ArgumentParser
import BrowserExecutor
import ChromePipe
import EventLog
import Foundation
import Pool
import PoolEngine
import Projections

/// One engine's life for the tasks of one command: opened log, running pool, and their orderly end.
struct RunSession {
    private let log: EventLog
    private let store: LogEventStore
    private let executor: BrowserExecutor
    private let engine: PoolEngine
    private let first: UInt64
    private let disturbance: (any Disturbance)?

    /// How it ended for the tasks.
    enum End {
        case ended
        case interrupted
    }

    /// - Parameters:
    ///   - disturbance: What is done to the pool while the tasks run.
    ///   - adjust: Changes how browsers are started.
    init(
        log: EventLog, installations: [BrowserInstallation], catalog: ModelCatalog,
        disturbance: (any Disturbance)? = nil,
        adjust: (inout ChromeLaunchOptions) -> Void = { _ in }
    ) throws {
        let store = LogEventStore(log)
        var configuration = BrowserExecutor.Configuration(installations: installations, catalog: catalog)
        disturbance?.adjust(&configuration)
        adjust(&configuration.launchOptions)
        let executor = BrowserExecutor(
            configuration, payloadBytes: { try $0.bytes(in: store) },
            recordedOutputs: { try store.outputs(of: $0) })
        self.log = log
        self.store = store
        self.executor = executor
        self.disturbance = disturbance
        first = try store.durableHead() + 1
        engine = try PoolEngine(store: store, executor: executor)
        for problem in engine.snapshotProblems { Terminal.note("weir: \(problem)") }
    }

    /// Runs until the tasks have ended or the person interrupts.
    ///
    /// - Parameters:
    ///   - begin: Submits or resumes the tasks, and gives their ids, at least one.
    ///   - next: Submits another one whenever one has ended; nil when there is to be none.
    func run(
        policy: PoolPolicy, begin: (PoolEngine) async throws -> [TaskID],
        next: (PoolEngine) async throws -> TaskID? = { _ in nil }
    ) async throws -> (tasks: [TaskID], end: End, appended: Range<UInt64>) {
        let interrupts = InterruptSignals()
        let identity = EngineIdentity(
            version: Weir.version, host: ProcessInfo.processInfo.hostName,
            pid: UInt32(ProcessInfo.processInfo.processIdentifier), simulated: false)
        var begun: [TaskID] = []
        do {
            try await engine.start(identity: identity, policy: policy, holdTasks: true)
            let events = await engine.events()
            begun = try await begin(engine)
            let disturbing = Task { [disturbance, engine] in await disturbance?.run(on: engine) }
            defer { disturbing.cancel() }
            let end = try await watch(&begun, events, interrupts, next)
            disturbing.cancel()
            await disturbing.value
            try await engine.stop(end == .interrupted ? .interrupted : .finished)
            await executor.abandon()
            if let failure = await engine.snapshotFailure {
                Terminal.note(
                    "weir: no snapshot of the state could be kept, so the next start takes longer: \(failure)"
                )
            }
            let head = try store.durableHead()
            return (begun, end, first..<head + 1)
        } catch let error as EngineError where error.isOtherReality {
            throw UsageError("\(error) (--log DIR)")
        } catch {
            // A request that was turned away leaves a running engine; one that died answers at once.
            try? await engine.stop(.interrupted)
            await executor.abandon()
            guard let first = begun.first, let cause = error as? EngineError else { throw error }
            throw FailedError(
                "\(cause)\nWhat is recorded stays; when that is mended, go on with: weir run --resume \(first)"
            )
        }
    }

    private enum Sign: Sendable {
        case event(Event)
        case interrupt
        case streamEnded
    }

    private func watch(
        _ tasks: inout [TaskID], _ events: AsyncStream<Event>, _ interrupts: InterruptSignals,
        _ next: (PoolEngine) async throws -> TaskID?
    ) async throws -> End {
        var remaining = Set(tasks)
        let (signs, continuation) = AsyncStream<Sign>.makeStream()
        let followers = [
            Task {
                for await event in events { continuation.yield(.event(event)) }
                continuation.yield(.streamEnded)
            },
            Task { for await _ in interrupts.stream { continuation.yield(.interrupt) } },
        ]
        defer { for follower in followers { follower.cancel() } }
        let isLive = Terminal.isLive
        var progress: ProgressLine?
        for await sign in signs {
            switch sign {
            case .event(let event):
                if isLive {
                    if progress == nil { progress = try ProgressLine(of: tasks, before: event, in: store) }
                    if let line = progress?.line(after: event) { Terminal.show(line) }
                }
                guard let ended = Self.ended(by: event), remaining.remove(ended) != nil else { continue }
                if let task = try await next(engine) {
                    tasks.append(task)
                    remaining.insert(task)
                }
                guard remaining.isEmpty else { continue }
                if isLive { Terminal.clearShown() }
                return .ended
            case .interrupt:
                if isLive { Terminal.clearShown() }
                return .interrupted
            case .streamEnded:
                throw await engine.failure ?? EngineError.stopped
            }
        }
        return .interrupted
    }

    /// The task that an event ends.
    private static func ended(by event: Event) -> TaskID? {
        switch event.payload {
        case .taskSucceeded(let ended): ended.task
        case .taskFailed(let ended): ended.task
        case .taskCancelled(let ended): ended.task
        case .taskTimedOut(let ended): ended.task
        default: nil
        }
    }

    /// What the log has of these tasks now, in their order.
    func records(of tasks: [TaskID]) throws -> [TaskRecord] {
        let history = try store.projected(TaskHistory.self)
        return tasks.compactMap { history[$0] }
    }

    /// What the last browser that was launched since an event said of itself; nil when none was.
    func facts(since first: UInt64) throws -> BrowserFacts? {
        var facts: BrowserFacts?
        try store.forEachEvent(from: first) { event, _ in
            if case .browserLaunched(let launched) = event.payload {
                facts = launched.facts
            }
        }
        return facts
    }

    /// The task as the log has it now.
    func outcome(of task: TaskID, appended: Range<UInt64>) throws -> RunOutcome? {
        try RunOutcome(of: task, in: store, appended: appended)
    }
}

extension EngineError {
    fileprivate var isOtherReality: Bool { if case .otherReality = self { true } else { false } }
}
