import ArgumentParser
import BrowserExecutor
import ChromePipe
import EventLog
import Foundation
import Pool
import PoolEngine

/// One engine's life for one task: opened log, running pool, and their orderly end.
struct RunSession {
    private let log: EventLog
    private let store: LogEventStore
    private let executor: BrowserExecutor
    private let engine: PoolEngine
    private let first: UInt64

    /// How it ended for the task.
    enum End {
        case ended
        case interrupted
    }

    init(log: EventLog, installation: ChromeInstallation, catalog: ModelCatalog) throws {
        let store = LogEventStore(log)
        let configuration = BrowserExecutor.Configuration(installation: installation, catalog: catalog)
        let executor = BrowserExecutor(configuration) { try $0.bytes(in: store) }
        self.log = log
        self.store = store
        self.executor = executor
        first = try store.durableHead() + 1
        engine = try PoolEngine(store: store, executor: executor)
    }

    /// Runs until the task has ended or the person interrupts.
    ///
    /// - Parameter begin: Submits or resumes the task, and gives its id.
    func run(
        policy: PoolPolicy, begin: (PoolEngine) async throws -> TaskID
    ) async throws -> (task: TaskID, end: End, appended: Range<UInt64>) {
        let interrupts = InterruptSignals()
        let identity = EngineIdentity(
            version: Weir.version, host: ProcessInfo.processInfo.hostName,
            pid: UInt32(ProcessInfo.processInfo.processIdentifier), simulated: false)
        var begun: TaskID?
        do {
            try await engine.start(identity: identity, policy: policy, holdTasks: true)
            let events = await engine.events()
            let task = try await begin(engine)
            begun = task
            let end = try await watch(task, events, interrupts)
            try await engine.stop(end == .interrupted ? .interrupted : .finished)
            await executor.abandon()
            let head = try store.durableHead()
            return (task, end, first..<head + 1)
        } catch {
            // A request that was turned away leaves a running engine; one that died answers at once.
            try? await engine.stop(.interrupted)
            await executor.abandon()
            guard let begun, let cause = error as? EngineError else { throw error }
            throw FailedError(
                "\(cause)\nWhat is recorded stays; when that is mended, go on with: weir run --resume \(begun)"
            )
        }
    }

    private enum Sign: Sendable {
        case event(Event)
        case interrupt
        case streamEnded
    }

    private func watch(
        _ task: TaskID, _ events: AsyncStream<Event>, _ interrupts: InterruptSignals
    ) async throws -> End {
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
                    if progress == nil { progress = try ProgressLine(of: task, before: event, in: store) }
                    if let line = progress?.line(after: event) { Terminal.show(line) }
                }
                guard Self.ends(task, event) else { continue }
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

    private static func ends(_ task: TaskID, _ event: Event) -> Bool {
        switch event.payload {
        case .taskSucceeded(let ended): ended.task == task
        case .taskFailed(let ended): ended.task == task
        case .taskCancelled(let ended): ended.task == task
        case .taskTimedOut(let ended): ended.task == task
        default: false
        }
    }

    /// The task as the log has it now.
    func outcome(of task: TaskID, appended: Range<UInt64>) throws -> RunOutcome? {
        try RunOutcome(of: task, in: store, appended: appended)
    }
}
