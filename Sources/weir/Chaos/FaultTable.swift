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
    private let repeats: Int
    private let hasSpare: Bool

    /// Time that a dispatch has until it counts as hung, in milliseconds: far more than one takes.
    static let dispatchDeadlineMs = 3_000.0
    /// Items of a task: they take about a second.
    private static let items = 12_000

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
            writer.key("repeats")
            writer.raw("\(repeats)")
            writer.key("spare")
            writer.raw("\(hasSpare)")
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
    ///   - hasSpare: Whether a second browser is kept ready, to which the work moves at once.
    ///   - location: Where the log is kept.
    /// - Throws: `ExitStatus.interrupted` when the person interrupts.
    static func make(
        of faults: [InjectedFault], repeats: Int, hasSpare: Bool, in location: LogLocation
    ) async throws -> FaultTable {
        let catalog = ModelCatalog()
        let request = try RunRequest(RunOptions.parse(["digits", "--items", "\(items)"]), catalog: catalog)
        var policy = request.policy
        if hasSpare {
            (policy.maxConnections, policy.warmBrowsers, policy.recoveryStrategy) = (2, 2, .immediate)
        }
        let installation = try BrowserChoice.usual()
        let log = try location.openForWriting()
        defer { log.close() }

        /// Runs so many tasks one after another, each when all browsers are ready, and gives their outputs.
        func run(_ count: Int, disturbedBy disturbance: (any Disturbance)?) async throws -> [[String]] {
            let session = try RunSession(
                log: log, installations: [installation], catalog: catalog, disturbance: disturbance)
            var submitted = 0
            func submit(_ engine: PoolEngine) async throws -> TaskID {
                let end = ContinuousClock.now + .seconds(30)
                while await engine.usableBrowsers < policy.warmBrowsers, ContinuousClock.now < end {
                    try await Task.sleep(for: .milliseconds(10))
                }
                submitted += 1
                return try await engine.submit(request.spec, blobs: request.blobs)
            }
            let result = try await session.run(policy: policy) {
                [try await submit($0)]
            } next: {
                submitted < count ? try await submit($0) : nil
            }
            guard result.end == .ended else { throw ExitStatus.interrupted }
            return try result.tasks.map { task in
                try session.outcome(of: task, appended: result.appended)?.outputs ?? []
            }
        }

        let undisturbed = try await run(1, disturbedBy: nil)[0]
        var outputs: [InjectedFault: ChaosReport.Outputs] = [:]
        for fault in faults {
            if Terminal.isLive { Terminal.show("injecting \(fault.name)") }
            let given = try await run(repeats, disturbedBy: TaskwiseInjector(fault: fault))
            outputs[fault] = .init(tasks: given.count, equal: given.count { $0 == undisturbed })
        }
        if Terminal.isLive { Terminal.clearShown() }
        let history = try LogEventStore(log).projected(InjectionHistory.self)
        return FaultTable(
            report: ChaosReport(figures: InjectionFigures.all(of: history.injections), outputs: outputs),
            repeats: repeats, hasSpare: hasSpare)
    }
}

extension PoolEngine {
    fileprivate var usableBrowsers: Int { state.browsers.entities.count(where: \.isUsable) }
}
