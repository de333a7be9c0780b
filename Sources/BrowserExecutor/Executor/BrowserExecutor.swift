import ChromePipe
import Foundation
import Pool
import PoolEngine
import Synchronization

/// Performs a pool's effects on real browsers: starts and ends browsers, and runs models in their pages.
///
/// Nothing that it reports is simulated, and nothing is reported that a browser did not do (EXEC-4).
public final class BrowserExecutor: Executor {
    let configuration: Configuration
    private let state = Mutex(State())
    private let casualties = SuiteCasualties()
    private let kernelModels = KernelModelCache()
    private let lastRuns = LastRuns()

    private struct State {
        /// The browsers of which something is left.
        var hosts: [IncarnationID: BrowserHost] = [:]
        var isAbandoned = false
        /// Which of the installations each browser of the pool is.
        var kinds: [BrowserID: Int] = [:]

        /// What a browser is: what it was before, else what the pool has fewest of.
        mutating func installation(
            of browser: BrowserID, among installations: [BrowserInstallation]
        ) -> BrowserInstallation {
            if let known = kinds[browser] { return installations[known] }
            let present = Set(hosts.values.map(\.browser))
            let counts = installations.indices.map { index in
                kinds.count { $0.value == index && present.contains($0.key) }
            }
            let chosen = installations.indices.min { counts[$0] < counts[$1] } ?? 0
            kinds[browser] = chosen
            return installations[chosen]
        }
    }

    /// What an executor needs to know.
    public struct Configuration: Sendable {
        /// The browsers to start, at least one: each further browser of the pool is that of which it has the fewest, the first
        /// of these if there are several. One that is started anew stays what it was.
        public var installations: [BrowserInstallation]
        /// How Chrome and its kin are started; the folder for profiles also holds for others.
        public var launchOptions: ChromeLaunchOptions
        public var catalog: ModelCatalog
        /// The in-page runtime whose page every browser opens at its launch, to learn what adapter it offers. A page
        /// for another runtime is opened when a run names it.
        public var runtime = "wgsl"
        /// Longest time for a browser to start, open its page and answer its probe. It must stay below the pool's
        /// launch deadline, or the cause is not found.
        public var launchDeadline: Duration = .seconds(25)
        /// Longest time for a page to load a model with its inputs and to compile its shaders. With the probes it
        /// must stay below the pool's lease, or a hang is put down to the lease and its cause is not found.
        public var loadDeadline: Duration = .seconds(45)
        /// Longest time for the page of a further runtime to open, before its model is loaded.
        public var pageDeadline: Duration = .seconds(10)
        /// Longest time for one dispatch and its results, waiting for the one before it included; after it, the cause
        /// is looked for.
        public var dispatchDeadline: Duration = .seconds(20)
        /// A script that every page runs before it is asked anything: a test defines a stand-in for what the browser
        /// lacks there. What answers in place of the browser's own is recorded as simulated.
        public var pageScript: String?
        /// Longest time for an answer when a browser that hangs is asked what still works.
        public var probeDeadline: Duration = .seconds(2)
        /// Most memory that the processes of a browser may use together (PSS), in bytes: one that uses more has failed.
        public var memoryBudgetBytes: UInt64 = ProcessStatus.machineBytes / 2
        /// Time between two looks at that memory.
        public var memoryInterval: Duration = .milliseconds(500)

        /// - Parameter launchOptions: How to start browsers; the default uses the software adapter on a machine
        ///   without a render node (`/dev/dri/renderD128`), where there is no other.
        public init(
            installations: [BrowserInstallation], launchOptions: ChromeLaunchOptions = .forThisMachine,
            catalog: ModelCatalog = ModelCatalog()
        ) {
            precondition(!installations.isEmpty, "there is no browser to start")
            self.installations = installations
            self.launchOptions = launchOptions
            self.catalog = catalog
        }

        /// A pool whose browsers are all of one kind.
        public init(
            installation: ChromeInstallation, launchOptions: ChromeLaunchOptions = .forThisMachine,
            catalog: ModelCatalog = ModelCatalog()
        ) {
            self.init(
                installations: [.chrome(installation)], launchOptions: launchOptions, catalog: catalog)
        }
    }

    /// Reads the bytes of a payload from the log that the effects come from.
    let payloadBytes: @Sendable (Payload) throws -> [UInt8]

    /// Reads what is recorded of the outputs of tasks in that log.
    private let recordedOutputs: @Sendable ([TaskID]) throws -> [TaskID: [RecordedOutputs]]

    /// - Parameters:
    ///   - payloadBytes: Reads the bytes of a payload from the log that the effects come from.
    ///   - recordedOutputs: Reads what is recorded of the outputs of tasks in that log; only a pool whose tasks run in
    ///     copies asks for it.
    public init(
        _ configuration: Configuration, payloadBytes: @escaping @Sendable (Payload) throws -> [UInt8],
        recordedOutputs: @escaping @Sendable ([TaskID]) throws -> [TaskID: [RecordedOutputs]] = { _ in [:] }
    ) {
        self.configuration = configuration
        self.payloadBytes = payloadBytes
        self.recordedOutputs = recordedOutputs
    }

    public func perform(_ effect: Effect, report: @escaping @Sendable (Report) -> Void) {
        switch effect {
        case .launch(let launch):
            let installation = state.withLock { state in
                state.installation(of: launch.browser, among: configuration.installations)
            }
            let host = BrowserHost(launch, surroundings: surroundings(installation), report: report)
            let isWanted = state.withLock { state in
                if !state.isAbandoned { state.hosts[launch.incarnation] = host }
                return !state.isAbandoned
            }
            if isWanted { host.enqueue(.launch(launch)) }
        case .close(let close):
            if let host = host(of: close.incarnation) { return host.enqueue(.close(close)) }
            // Its process has ended and all of it has been cleared, or its launch was voided before it was performed.
            report(
                Report(
                    BrowserClosed(
                        obligation: close.obligation, browser: close.browser, step: .alreadyEnded)))
        case .run(let run): host(of: run.incarnation)?.enqueue(.run(run))
        case .prepare(let prepare): host(of: prepare.incarnation)?.enqueue(.prepare(prepare))
        case .heal(let heal): host(of: heal.incarnation)?.enqueue(.heal(heal))
        case .compare(let compare):
            let recordedOutputs = recordedOutputs
            Task.detached { report(compare.report(of: Result { try recordedOutputs(compare.copies) })) }
        case .stop(let stop):
            for host in state.withLock({ Array($0.hosts.values) }) where host.browser == stop.browser {
                host.enqueue(.stop(stop))
            }
        }
    }

    public func aim(
        _ fault: InjectedFault, at browser: BrowserID, _ incarnation: IncarnationID
    ) async throws(InjectionRefusal) -> FaultInjected {
        guard let host = host(of: incarnation) else { throw .gone(fault, browser) }
        return try await host.aim(fault)
    }

    public func inject(_ fault: FaultInjected) async throws(InjectionRefusal) {
        guard let host = host(of: fault.incarnation) else { throw .gone(fault.fault, fault.browser) }
        try await host.inject(fault)
    }

    /// The host of an incarnation; nil when nothing is left of it.
    func host(of incarnation: IncarnationID) -> BrowserHost? {
        state.withLock { $0.hosts[incarnation] }
    }

    /// The Chrome behind a browser, once it runs, nil where it is another; for what the pool does not do: to look into it, or to measure in a
    /// page of its own. Its work is not accounted for and may disturb what the pool runs there.
    public func chrome(of browser: BrowserID) async -> Chrome? {
        let host = state.withLock { state in state.hosts.values.first { $0.browser == browser } }
        return await host?.running as? Chrome
    }

    private func surroundings(_ installation: BrowserInstallation) -> BrowserHost.Surroundings {
        BrowserHost.Surroundings(
            installation: installation, configuration: configuration, payloadBytes: payloadBytes,
            kernelModels: kernelModels, lastRuns: lastRuns,
            casualties: casualties
        ) { [weak self] ended in
            self?.state.withLock { _ = $0.hosts.removeValue(forKey: ended) }
        }
    }

    public func abandon() async {
        let remaining = state.withLock { state in
            state.isAbandoned = true
            defer { state.hosts = [:] }
            return Array(state.hosts.values)
        }
        await withTaskGroup { group in
            for host in remaining { group.addTask { await host.abandon() } }
        }
    }
}

extension ChromeLaunchOptions {
    /// The software adapter where there is no render node, else the machine's own.
    public static var forThisMachine: ChromeLaunchOptions {
        var options = ChromeLaunchOptions()
        options.usesSoftwareAdapter = !FileManager.default.fileExists(atPath: "/dev/dri/renderD128")
        // Chrome takes the last list of features only. WebNN is asked for so that its refusal is Chrome's own. Nothing of a
        // page goes to the network: a process of its own for that would only take its time at each launch.
        var features = ["WebMachineLearningNeuralNetwork", "NetworkServiceInProcess2"]
        if !options.usesSoftwareAdapter { features.append("Vulkan") }
        options.extraArguments = ["--enable-features=" + features.joined(separator: ",")]
        return options
    }
}
