import Synchronization

/// Every environment that is open in this process, by its data file's identity.
///
/// LMDB accepts that one file is opened twice in a process, and then loses the locks of the first opening when
/// the second closes. So all openings go through here.
final class EnvironmentRegistry: Sendable {
    static let shared = EnvironmentRegistry()

    private let open = Monitor<[FileIdentity: Entry]>([:])

    private struct Entry {
        var environment: Environment
        var users: Int
        var hasWriter: Bool
    }

    /// The environment of an existing log, for one more reader.
    func openForReading(_ files: LogFiles) throws(EventLogError) -> EnvironmentLease {
        try open.withLock { open throws(EventLogError) in
            if let identity = try FileIdentity(of: files.data), let entry = open[identity] {
                open[identity]?.users += 1
                return EnvironmentLease(entry.environment, in: self)
            }
            let opened = try EnvironmentOpening(files: files, mapBytes: EnvironmentOpening.defaultMapBytes)
                .openForReading()
            return EnvironmentLease(try register(opened, files, hasWriter: false, in: &open), in: self)
        }
    }

    /// The environment of a log for its one writer, created if it is not there.
    func openForWriting(
        _ files: LogFiles, mapBytes: Int, creating metadata: @escaping () -> LogMetadata
    ) throws(EventLogError) -> (lease: EnvironmentLease, lock: WriterLock) {
        try open.withLock { open throws(EventLogError) in
            let known = try FileIdentity(of: files.data)
            if let known, let entry = open[known], entry.hasWriter {
                throw EventLogError.writerOpenInProcess(path: files.folder)
            }
            try Folder.create(files.folder)
            let lock = try WriterLock(files)
            let opening = EnvironmentOpening(files: files, mapBytes: mapBytes)
            if let known, let entry = open[known] {
                try entry.environment.reopenForWriting(mapBytes: mapBytes)
                open[known]?.users += 1
                open[known]?.hasWriter = true
                return (EnvironmentLease(entry.environment, in: self), lock)
            }
            let opened = try opening.openForWriting(creating: metadata)
            let environment = try register(opened, files, hasWriter: true, in: &open)
            // Nothing may fail from here on: a lease that is forgotten takes the lock that is held here.
            return (EnvironmentLease(environment, in: self), lock)
        }
    }

    func hasWriter(_ environment: Environment) -> Bool {
        open.withLock { $0[environment.identity]?.hasWriter ?? false }
    }

    /// One more use of an environment that is open.
    func share(_ environment: Environment) -> EnvironmentLease {
        open.withLock { $0[environment.identity]?.users += 1 }
        return EnvironmentLease(environment, in: self)
    }

    func writerEnded(_ environment: Environment) {
        open.withLock { $0[environment.identity]?.hasWriter = false }
        environment.changes.signal()
    }

    fileprivate func release(_ environment: Environment) {
        // Closed under the lock, so that nobody opens the file again before LMDB has let go of it.
        open.withLock { open in
            guard var entry = open[environment.identity] else { return }
            entry.users -= 1
            open[environment.identity] = entry.users > 0 ? entry : nil
            if entry.users == 0 { environment.close() }
        }
    }

    private func register(
        _ opened: EnvironmentOpening.Opened, _ files: LogFiles, hasWriter: Bool,
        in open: inout [FileIdentity: Entry]
    ) throws(EventLogError) -> Environment {
        guard let identity = try FileIdentity(of: files.data) else {
            throw EventLogError.notFound(path: files.data)
        }
        let environment = Environment(files: files, identity: identity, opened: opened)
        open[identity] = Entry(environment: environment, users: 1, hasWriter: hasWriter)
        return environment
    }
}

/// One use of a shared environment; given back when it is closed or forgotten.
final class EnvironmentLease: Sendable {
    private let environment: Environment
    private let registry: EnvironmentRegistry
    private let isOpenFlag = Atomic(true)

    fileprivate init(_ environment: Environment, in registry: EnvironmentRegistry) {
        self.environment = environment
        self.registry = registry
    }

    deinit {
        close()
    }

    var isOpen: Bool { isOpenFlag.load(ordering: .acquiring) }

    var files: LogFiles { environment.files }

    var metadata: LogMetadata { environment.metadata }

    var changes: ChangeSignal { environment.changes }

    /// Whether this process writes the log, so that ``changes`` tells of every commit.
    var hasWriter: Bool { registry.hasWriter(environment) }

    /// The environment, unless this lease was closed.
    func current() throws(EventLogError) -> Environment {
        guard isOpen else { throw EventLogError.closed(path: files.folder) }
        return environment
    }

    /// Has ``changes`` tell of the next commit of another process after a transaction.
    func watchForeignCommits(since transactionID: UInt64) {
        environment.watchForeignCommits(since: transactionID)
    }

    /// One more lease of the same environment.
    func shared() -> EnvironmentLease { registry.share(environment) }

    /// Ends the writing of this process, and tells the followers to look out for other writers.
    func writerEnded() { registry.writerEnded(environment) }

    func close() {
        guard isOpenFlag.exchange(false, ordering: .acquiringAndReleasing) else { return }
        environment.changes.signal()
        registry.release(environment)
    }
}
