import ArgumentParser
import BrowserExecutor
import ChromePipe
import EventLog
import Foundation
import Pool
import PoolEngine
import Projections

/// A pool at work for a given time, under faults, with every model that there is.
struct Soak {
    let seconds: Int
    let browsers: Int
    let faults: [InjectedFault]
    /// Faults per second, on average.
    let rate: Double
    let seed: UInt64

    /// Time that a dispatch has until it counts as hung: more than any takes that runs beside others.
    static let dispatchDeadline: Duration = .seconds(10)
    /// Time between two looks at processes and memory.
    private static let lookInterval: Duration = .seconds(2)
    /// Items of a task whose model comes with inputs of its own, which repeat: a second or so.
    private static let items: UInt64 = 4_000

    /// What is known of what the models give when nothing disturbs them.
    private struct Work {
        var requests: [RunRequest] = []
        /// By model.
        var outputs: [String: [String]] = [:]

        /// - Parameter place: How many tasks there were before.
        func request(_ place: Int) -> RunRequest { requests[place % requests.count] }
    }

    /// Runs it.
    ///
    /// - Throws: `ExitStatus.interrupted` when the person interrupts.
    func run(in location: LogLocation) async throws -> SoakReport {
        let catalog = ModelCatalog()
        let installation = try BrowserChoice.usual()
        let log = try location.openForWriting()
        defer { log.close() }
        var work = Work()
        for entry in catalog.entries() {
            var request = try RunRequest(sampleOf: entry.name, catalog: catalog)
            if request.spec.itemsTotal > 1, (try? catalog.model(named: entry.name).heldOutInputs()) != nil {
                request.spec.itemsTotal = Self.items
            }
            work.requests.append(request)
        }
        try await runUndisturbed(&work, log, installation, catalog)

        let session = try RunSession(
            log: log, installations: [installation], catalog: catalog,
            disturbance: SoakDisturbance(
                injector: ChaosInjector(faults: faults, rate: rate, seed: seed), time: .seconds(seconds)))
        let looking = Task { await Self.look() }
        defer { looking.cancel() }
        let end = ContinuousClock.now + .seconds(seconds)
        var submitted = 0
        func submit(_ engine: PoolEngine) async throws -> TaskID {
            let request = work.request(submitted)
            submitted += 1
            return try await engine.submit(request.spec, blobs: request.blobs)
        }
        let result = try await session.run(policy: policy) { engine in
            var tasks: [TaskID] = []
            for _ in 0..<2 * browsers { tasks.append(try await submit(engine)) }
            return tasks
        } next: {
            ContinuousClock.now < end ? try await submit($0) : nil
        }
        looking.cancel()
        guard result.end == .ended else { throw ExitStatus.interrupted }
        return try await report(of: result.tasks, work, log, looks: looking.value)
    }

    private var policy: PoolPolicy {
        var policy = PoolPolicy.commandLineDefault
        (policy.maxConnections, policy.warmBrowsers) = (UInt32(browsers), UInt32(browsers))
        policy.recoveryStrategy = .immediate
        // Of a model that takes long to load, many attempts in a row are struck before an item is recorded.
        policy.retry = RetryPolicy(baseMs: 100, maxMs: 1_000, budget: 50)
        return policy
    }

    private func runUndisturbed(
        _ work: inout Work, _ log: EventLog, _ installation: BrowserInstallation, _ catalog: ModelCatalog
    ) async throws {
        let session = try RunSession(log: log, installations: [installation], catalog: catalog)
        let requests = work.requests
        let result = try await session.run(policy: .commandLineDefault) { engine in
            var tasks: [TaskID] = []
            for request in requests {
                tasks.append(try await engine.submit(request.spec, blobs: request.blobs))
            }
            return tasks
        }
        guard result.end == .ended else { throw ExitStatus.interrupted }
        for (request, record) in zip(requests, try session.records(of: result.tasks)) {
            guard record.status == .succeeded else {
                throw FailedError(
                    "\(request.spec.model) fails without any fault, so that nothing can be compared with it: "
                        + record.detail)
            }
        }
        let outputs = try LogEventStore(log).outputs(of: result.tasks)
        for (request, task) in zip(requests, result.tasks) {
            work.outputs[request.spec.model] = Self.itemsOnce(outputs[task] ?? [])
        }
    }

    /// The outputs of a task, one for each item; nil where an item has none or several.
    private static func itemsOnce(_ recorded: [RecordedOutputs]) -> [String]? {
        var outputs: [String] = []
        for part in recorded {
            guard part.firstItem == UInt64(outputs.count), let items = JSONArrayElements.split(part.outputs),
                items.count == part.itemCount
            else { return nil }
            outputs += items.map { String(decoding: $0, as: UTF8.self) }
        }
        return outputs
    }

    /// Looks at processes and memory until it is cancelled.
    private static func look() async -> [ProcessTree] {
        var looks: [ProcessTree] = []
        while (try? await Task.sleep(for: lookInterval)) != nil { looks.append(ProcessTree()) }
        return looks
    }

    private func report(
        of tasks: [TaskID], _ work: Work, _ log: EventLog, looks: [ProcessTree]
    ) throws -> SoakReport {
        let store = LogEventStore(log)
        let history = try store.projected(TaskHistory.self)
        let recorded = try store.outputs(of: tasks)
        var report = SoakReport(soak: self, models: work.requests.map(\.spec.model))
        for task in tasks {
            guard let record = history[task] else { continue }
            let outputs = Self.itemsOnce(recorded[task] ?? [])
            report.tasks += 1
            report.succeeded += record.status == .succeeded ? 1 : 0
            report.items += record.itemsDone
            report.itemsOnce += UInt64(outputs?.count ?? 0) == record.spec.itemsTotal ? 1 : 0
            report.equal += outputs == work.outputs[record.spec.model] ? 1 : 0
        }
        let injections = try store.projected(InjectionHistory.self).injections
        report.chaos = ChaosReport(figures: InjectionFigures.all(of: injections))
        report.looks = looks
        report.processesLeft = ProcessTree().processes
        report.decisions = try DecisionReport(of: store)
        return report
    }
}

/// The faults of a soak, and the deadlines that they call for.
private struct SoakDisturbance: Disturbance {
    let injector: ChaosInjector
    /// How long it disturbs. What is left then is finished undisturbed: on a machine with little to spare, faults that each
    /// cost a deadline would otherwise keep the last tasks from their end.
    let time: Duration

    func adjust(_ configuration: inout BrowserExecutor.Configuration) {
        injector.adjust(&configuration)
        configuration.dispatchDeadline = Soak.dispatchDeadline
    }

    func run(on engine: PoolEngine) async {
        await withTaskGroup { group in
            group.addTask { await injector.run(on: engine) }
            group.addTask { try? await Task.sleep(for: time) }
            await group.next()
            group.cancelAll()
        }
    }
}
