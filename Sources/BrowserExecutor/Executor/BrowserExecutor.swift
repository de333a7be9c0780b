import ChromePipe
import Foundation
import Pool
import PoolEngine
import Synchronization

/// Performs a pool's effects on real browsers: starts and ends Chrome, and runs models in its pages.
///
/// Nothing that it reports is simulated, and nothing is reported that a browser did not do (EXEC-4).
public final class BrowserExecutor: Executor {
    let configuration: Configuration
    private let hosts = Mutex<[IncarnationID: BrowserHost]>([:])

    /// What an executor needs to know.
    public struct Configuration: Sendable {
        /// The browser to start.
        public var installation: ChromeInstallation
        public var launchOptions: ChromeLaunchOptions
        public var catalog: ModelCatalog
        /// The in-page runtime that every page holds.
        public var runtime = "wgsl"
        /// Longest time for a page to load a model and compile its shaders.
        public var loadDeadline: Duration = .seconds(45)
        /// Longest time for one dispatch and its results; after it, the cause is looked for.
        public var dispatchDeadline: Duration = .seconds(20)
        /// Longest time for an answer when a browser that hangs is asked what still works.
        public var probeDeadline: Duration = .seconds(2)

        /// - Parameter launchOptions: How to start browsers; the default uses the software adapter on a machine
        ///   without a render node (`/dev/dri/renderD128`), where there is no other.
        public init(
            installation: ChromeInstallation, launchOptions: ChromeLaunchOptions = .forThisMachine,
            catalog: ModelCatalog = ModelCatalog()
        ) {
            self.installation = installation
            self.launchOptions = launchOptions
            self.catalog = catalog
        }
    }

    /// Reads the bytes of a payload from the log that the effects come from.
    let payloadBytes: @Sendable (Payload) throws -> [UInt8]

    public init(
        _ configuration: Configuration, payloadBytes: @escaping @Sendable (Payload) throws -> [UInt8]
    ) {
        self.configuration = configuration
        self.payloadBytes = payloadBytes
    }

    public func perform(_ effect: Effect, report: @escaping @Sendable (Report) -> Void) {
        switch effect {
        case .launch(let launch):
            let host = BrowserHost(launch, executor: self, report: report)
            hosts.withLock { $0[launch.incarnation] = host }
            host.enqueue(.launch(launch))
        case .close(let close):
            guard let host = hosts.withLock({ $0.removeValue(forKey: close.incarnation) }) else {
                // The launch was voided before it was performed: there has never been a process.
                report(
                    Report(
                        BrowserClosed(
                            obligation: close.obligation, browser: close.browser, step: .alreadyEnded)))
                return
            }
            host.enqueue(.close(close))
        case .run(let run): host(of: run.incarnation)?.enqueue(.run(run))
        case .stop(let stop):
            for host in hosts.withLock({ Array($0.values) }) where host.browser == stop.browser {
                host.enqueue(.stop(stop))
            }
        }
    }

    private func host(of incarnation: IncarnationID) -> BrowserHost? {
        hosts.withLock { $0[incarnation] }
    }

    /// Forgets a host whose browser is gone.
    func remove(_ incarnation: IncarnationID) {
        hosts.withLock { _ = $0.removeValue(forKey: incarnation) }
    }

    public func abandon() async {
        let remaining = hosts.withLock { hosts in
            defer { hosts = [:] }
            return Array(hosts.values)
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
        if !options.usesSoftwareAdapter { options.extraArguments = ["--enable-features=Vulkan"] }
        return options
    }
}
