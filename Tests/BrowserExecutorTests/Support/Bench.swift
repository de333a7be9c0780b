import ChromePipe
import Foundation
import Pool
import Synchronization
import Testing

@testable import BrowserExecutor
@testable import PoolEngine

/// The tests that start browsers run one after another: several browsers at once starve a small machine.
@Suite(.serialized, .timeLimit(.minutes(2))) enum RealBrowser {}

/// An executor on the real browser, with effects made by hand in the place of an engine's.
final class Bench: Sendable {
    let executor: BrowserExecutor
    let log = ReportLog()
    /// Holds the profile folders.
    let profiles: TemporaryFolder
    private let lastID = Mutex<UInt64>(0)

    init(_ change: (inout BrowserExecutor.Configuration) throws -> Void = { _ in }) throws {
        let profiles = try TemporaryFolder()
        var configuration = BrowserExecutor.Configuration(
            installation: try ChromeLocator().locate(),
            catalog: ModelCatalog(environment: ["WEIR_CACHE": "/nowhere"]))
        configuration.launchOptions.profileParent = profiles.path
        try change(&configuration)
        let payloads = Stored()
        self.profiles = profiles
        stored = payloads
        executor = BrowserExecutor(configuration) { try payloads.bytes(of: $0) }
    }

    private let stored: Stored

    /// The payloads that the effects name.
    private final class Stored: Sendable {
        let blobs = Mutex<[Digest: [UInt8]]>([:])

        func bytes(of payload: Payload) throws -> [UInt8] {
            guard let digest = payload.digest else { return payload.inline }
            return try #require(blobs.withLock { $0[digest] })
        }
    }

    func newID() -> UInt64 {
        lastID.withLock {
            $0 += 1
            return $0
        }
    }

    func perform(_ effect: Effect) {
        executor.perform(effect) { [log] in log.add($0) }
    }

    // MARK: Effects

    /// - Parameters:
    ///   - browser: One that was there before; a new one where it is nil.
    ///   - heartbeatIntervalMs: Time between two signs of life, which measure signs of failure; 0 for none.
    @discardableResult
    func beginLaunch(of browser: BrowserID? = nil, heartbeatIntervalMs: UInt64 = 0) -> Effect.Launch {
        let id = newID()
        let launch = Effect.Launch(
            obligation: ObligationID(id), browser: browser ?? BrowserID(id), incarnation: IncarnationID(id),
            deadline: .zero, heartbeatIntervalMs: heartbeatIntervalMs,
            measuresSigns: heartbeatIntervalMs > 0)
        perform(.launch(launch))
        return launch
    }

    /// Starts a browser and waits until it is usable.
    func launch(
        of browser: BrowserID? = nil, heartbeatIntervalMs: UInt64 = 0,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> (effect: Effect.Launch, report: BrowserLaunched) {
        let effect = beginLaunch(of: browser, heartbeatIntervalMs: heartbeatIntervalMs)
        let report = try await log.first(sourceLocation: sourceLocation) { report -> BrowserLaunched? in
            if let failed = report.launchFailed, failed.obligation == effect.obligation {
                Issue.record("\(failed)", sourceLocation: sourceLocation)
            }
            return report.launched?.obligation == effect.obligation ? report.launched : nil
        }
        return (effect, report)
    }

    func beginClose(_ launch: Effect.Launch) -> ObligationID {
        let id = ObligationID(newID())
        perform(
            .close(
                Effect.Close(
                    obligation: id, browser: launch.browser, incarnation: launch.incarnation, reason: .failed)
            ))
        return id
    }

    /// Closes a browser, waits for it, and looks for anything left of it.
    @discardableResult
    func close(
        _ launch: Effect.Launch, sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> CloseStep {
        let id = beginClose(launch)
        let closed = try await log.first(sourceLocation: sourceLocation) {
            $0.closed?.obligation == id ? $0.closed : nil
        }
        #expect(leftovers().isEmpty, sourceLocation: sourceLocation)
        return closed.step
    }

    /// Begins a run of a model's held-out images, or of other inputs.
    func beginRun(
        on launch: Effect.Launch, items: Range<UInt64>, batch: UInt32 = 64, model: ModelPackage,
        inputs: ModelInputs? = nil, digest: Digest? = nil
    ) throws -> ObligationID {
        let inputs = try inputs ?? #require(try model.heldOutInputs())
        let (payload, blobs) = Payload.storing(inputs.bytes)
        for blob in blobs { stored.blobs.withLock { $0[Digest(sha256: blob)] = blob } }
        let id = newID()
        let spec = TaskSpec(
            family: model.family, model: (model.folder as NSString).lastPathComponent,
            modelDigest: digest ?? model.digest,
            runtime: "wgsl", itemsTotal: items.upperBound, inputs: payload,
            inputsCount: UInt64(inputs.count), batchItems: batch, backends: [.webgpu])
        perform(
            .run(
                Effect.Run(
                    obligation: ObligationID(id), allocation: AllocationID(id), task: TaskID(id),
                    browser: launch.browser, incarnation: launch.incarnation, spec: spec, items: items,
                    backend: .webgpu, queueNs: 2_000_000)))
        return ObligationID(id)
    }

    func digits() throws -> ModelPackage { try executor.configuration.catalog.model(named: "digits") }

    /// Begins a run that lasts for minutes and waits for its first results.
    func runForLong(on launch: Effect.Launch) async throws -> ObligationID {
        let run = try beginRun(on: launch, items: 0..<10_000_000, model: digits())
        _ = try await log.first { $0.progressed?.obligation == run ? true : nil }
        return run
    }

    func stop(_ run: ObligationID, on launch: Effect.Launch) -> ObligationID {
        let id = ObligationID(newID())
        perform(.stop(Effect.Stop(obligation: id, run: run, browser: launch.browser)))
        return id
    }

    func completion(of run: ObligationID) async throws -> RunCompleted {
        try await log.first { report -> RunCompleted? in
            if let failed = report.runFailed, failed.obligation == run { Issue.record("\(failed)") }
            return report.completed?.obligation == run ? report.completed : nil
        }
    }

    func refusal(of run: ObligationID) async throws -> RunFailed {
        try await log.first { $0.runFailed?.obligation == run ? $0.runFailed : nil }
    }

    /// Takes a rung on a browser that failed, and waits for its end.
    func heal(
        _ launch: Effect.Launch, by rung: Rung, after evidence: Evidence,
        sourceLocation: SourceLocation = #_sourceLocation
    ) async throws -> RungEnded {
        let id = ObligationID(newID())
        perform(
            .heal(
                Effect.Heal(
                    obligation: id, browser: launch.browser, incarnation: launch.incarnation, rung: rung,
                    evidence: evidence, deadline: .zero)))
        return try await log.first(sourceLocation: sourceLocation) {
            $0.rungEnded?.obligation == id ? $0.rungEnded : nil
        }
    }

    /// Does a fault to a browser on purpose.
    func inject(_ fault: InjectedFault, into launch: Effect.Launch) async throws {
        let aimed = try await executor.aim(fault, at: launch.browser, launch.incarnation)
        try await executor.inject(aimed)
    }

    // MARK: What is there

    /// The outputs of a run so far, in the order of its reports, which must follow one another.
    func outputs(of run: ObligationID, from first: UInt64 = 0) throws -> [PageAnswer.Classification] {
        var next = first
        var outputs: [PageAnswer.Classification] = []
        for report in log.all {
            guard let progressed = report.observation.progressed, progressed.obligation == run else {
                continue
            }
            #expect(progressed.firstItem == next)
            #expect(progressed.runMs > 0)
            next += progressed.itemCount
            let bytes =
                progressed.outputs.digest == nil
                ? progressed.outputs.inline : try #require(report.blobs.first)
            if let digest = progressed.outputs.digest { #expect(Digest(sha256: bytes) == digest) }
            let decoded = try JSONDecoder().decode([PageAnswer.Classification].self, from: Data(bytes))
            #expect(decoded.count == Int(progressed.itemCount))
            outputs += decoded
        }
        return outputs
    }

    func chrome(of launch: Effect.Launch) async throws -> Chrome {
        let host = try #require(executor.host(of: launch.incarnation))
        return try #require(await host.running as? Chrome)
    }

    func page(of launch: Effect.Launch) async throws -> RuntimePage {
        let host = try #require(executor.host(of: launch.incarnation))
        return try #require(await host.page)
    }

    func processes(_ type: String, of launch: Effect.Launch) async throws -> [Int32] {
        let pids = try await chrome(of: launch).processInfo().filter { $0.type == type }.map(\.id)
        try #require(!pids.isEmpty)
        return pids
    }

    /// Live processes that have one of the profile folders in their arguments, and the folders themselves.
    func leftovers() -> [String] { Self.leftovers(in: profiles.path) }

    static func leftovers(in profiles: String) -> [String] {
        let files = FileManager.default
        let processes = ((try? files.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap {
            pid -> String? in
            guard Int32(pid) != nil, let data = files.contents(atPath: "/proc/\(pid)/cmdline") else {
                return nil
            }
            let arguments = String(decoding: data.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
            return arguments.contains(profiles) ? arguments : nil
        }
        return processes + ((try? files.contentsOfDirectory(atPath: profiles)) ?? [])
    }

    /// What is still left after a while.
    func leftovers(after limit: Duration) async throws -> [String] {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end, !leftovers().isEmpty { try await Task.sleep(for: .milliseconds(20)) }
        return leftovers()
    }
}
