import ArgumentParser
import BrowserExecutor
import ChromePipe
import EventLog
import Foundation
import Pool
import PoolEngine
import Projections

/// What `weir chaos --table` makes: each fault, injected several times, each time into a task of its own.
struct FaultTable {
    private(set) var report: ChaosReport
    private let model: String
    private let repeats: Int
    private let hasSpare: Bool
    private let hasCrashLimits: Bool

    /// Time that a dispatch has until it counts as hung, in milliseconds: far more than one takes.
    static let dispatchDeadlineMs = 3_000.0
    /// How long a task takes undisturbed, in milliseconds: longer where the fault first has to have a shader compiled
    /// beside it.
    private static func taskMs(_ fault: InjectedFault) -> Double { fault == .shaderLooped ? 3_000 : 1_500 }
    /// Items by which it is measured how long one takes, and how often: the quickest counts, as the first compiles shaders
    /// and others may be at work on the machine.
    private static let (measuredItems, measurements) = (500, 3)

    static func adjust(_ configuration: inout BrowserExecutor.Configuration) {
        configuration.dispatchDeadline = .milliseconds(dispatchDeadlineMs)
        configuration.probeDeadline = .milliseconds(dispatchDeadlineMs / 10)
    }

    /// Whether every output is that of the undisturbed run, every fault was seen, and as what it is.
    var isSound: Bool {
        report.figures.allSatisfy { figure in
            let expected = figure.fault.expectedEvidence.map(\.name.description)
            let isSeen = expected.isEmpty ? figure.seen.isEmpty : figure.unseen == 0
            let outputs = report.outputs?[figure.fault]
            return isSeen && figure.seen.keys.allSatisfy(expected.contains)
                && figure.injected == repeats && outputs?.equal == repeats
        }
    }

    var text: String {
        report.text + "\n\n"
            + (isSound
                ? "every fault was seen as what it is, and every output is that of an undisturbed run"
                : "not every fault was seen as what it is, or an output is not that of an undisturbed run")
    }

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("model")
            writer.quoted(model)
            writer.key("repeats")
            writer.raw("\(repeats)")
            writer.key("spare")
            writer.raw("\(hasSpare)")
            writer.key("crash_limits")
            writer.raw("\(hasCrashLimits)")
            writer.key("dispatch_deadline_ms")
            writer.raw("\(Self.dispatchDeadlineMs)")
            writer.key("sound")
            writer.raw("\(isSound)")
            writer.key("faults")
            writer.raw(report.json)
        }
        return writer.string
    }

    /// - Parameters:
    ///   - model: Whose tasks are struck, as `weir run` takes it.
    ///   - hasSpare: Whether a second browser is kept ready, to which the work moves at once.
    ///   - hasCrashLimits: Whether Chrome's own limits on crashes of the GPU stay in force.
    ///   - location: Where the log is kept.
    /// - Throws: `ExitStatus.interrupted` when the person interrupts; `FailedError` when the model fails undisturbed.
    static func make(
        of faults: [InjectedFault], on model: String, repeats: Int, hasSpare: Bool, hasCrashLimits: Bool,
        in location: LogLocation
    ) async throws -> FaultTable {
        let catalog = ModelCatalog()
        let request = try RunRequest(
            RunOptions.parse([model, "--items", "\(measuredItems)"]), catalog: catalog)
        var policy = request.policy
        if hasSpare {
            (policy.maxConnections, policy.warmBrowsers, policy.recoveryStrategy) = (2, 2, .immediate)
        }
        let installation = try BrowserChoice.usual()
        let log = try location.openForWriting()
        defer { log.close() }

        /// Runs so many tasks one after another, each when all browsers are ready, and gives their outputs.
        func run(
            _ count: Int, items: Int, disturbedBy disturbance: (any Disturbance)?
        ) async throws -> [RunOutcome] {
            var spec = request.spec
            spec.itemsTotal = UInt64(items)
            let session = try RunSession(
                log: log, installations: [installation], catalog: catalog, disturbance: disturbance
            ) { $0.liftsCrashLimits = !hasCrashLimits }
            var submitted = 0
            func submit(_ engine: PoolEngine) async throws -> TaskID {
                let end = ContinuousClock.now + .seconds(30)
                while await engine.usableBrowsers < policy.warmBrowsers, ContinuousClock.now < end {
                    try await Task.sleep(for: .milliseconds(10))
                }
                submitted += 1
                return try await engine.submit(spec, blobs: request.blobs)
            }
            let result = try await session.run(policy: policy) {
                [try await submit($0)]
            } next: {
                submitted < count ? try await submit($0) : nil
            }
            guard result.end == .ended else { throw ExitStatus.interrupted }
            return try result.tasks.compactMap { try session.outcome(of: $0, appended: result.appended) }
        }

        let measured = try await run(measurements, items: measuredItems, disturbedBy: nil).map(\.task)
        if let failed = measured.first(where: { $0.status != .succeeded }) {
            throw FailedError("\(model) fails without any fault: \(failed.detail)")
        }
        let quickest = measured.map(\.runMs).min() ?? 0
        let itemMs = max(quickest, 1) / Double(measuredItems)
        func items(_ fault: InjectedFault) -> Int { Int((taskMs(fault) / itemMs).rounded(.up)) }
        let most = faults.map(items).max() ?? 1
        let undisturbed = try await run(1, items: most, disturbedBy: nil).first?.outputs ?? []
        var outputs: [InjectedFault: ChaosReport.Outputs] = [:]
        for fault in faults {
            if Terminal.isLive { Terminal.show("injecting \(fault.name)") }
            let count = items(fault)
            let given = try await run(repeats, items: count, disturbedBy: TaskwiseInjector(fault: fault))
            let right = Array(undisturbed.prefix(count))
            outputs[fault] = .init(tasks: given.count, equal: given.count { $0.outputs == right })
        }
        if Terminal.isLive { Terminal.clearShown() }
        let history = try LogEventStore(log).projected(InjectionHistory.self)
        return FaultTable(
            report: ChaosReport(figures: InjectionFigures.all(of: history.injections), outputs: outputs),
            model: model, repeats: repeats, hasSpare: hasSpare, hasCrashLimits: hasCrashLimits)
    }
}

extension PoolEngine {
    fileprivate var usableBrowsers: Int { state.browsers.entities.count(where: \.isUsable) }
}
