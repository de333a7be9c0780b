/// An append-only log of opaque records in a folder, open for writing by one writer.
///
/// Records are numbered from 1 without a gap (LOG-1) and appended in steps, each of which is in the log whole or
/// not at all (LOG-2). A step is acknowledged when it is durable: it then survives the end of the process at any
/// instant (LOG-3). One writer at a time may have a log open, and any number of readers (LOG-5).
public final class EventLog: Sendable {
    /// Reads what is durable. It is closed with the log.
    public let reader: EventLogReader

    private let writer: LogWriter
    private let options: Options

    /// Opens the log at `path` for writing; creates it, its folder and the folders above if they are not there.
    ///
    /// - Throws: ``EventLogError/heldByWriter(path:pid:)`` or ``EventLogError/writerOpenInProcess(path:)`` if the
    ///   log has a writer; ``EventLogError/notALog(path:reason:)``, ``EventLogError/newerFormat(path:found:supported:)``
    ///   and ``EventLogError/damaged(path:sequence:problem:)`` for what cannot be appended to.
    public static func open(
        at path: String, options: Options = .init()
    ) throws(EventLogError) -> EventLog {
        try EventLog(path: path, options: options)
    }

    /// Opens the log at `path` for reading, also while this or another process writes it. Creates nothing in a
    /// folder that holds no log.
    public static func openForReading(at path: String) throws(EventLogError) -> EventLogReader {
        EventLogReader(try EnvironmentRegistry.shared.openForReading(LogFiles(folder: path)))
    }

    private init(path: String, options: Options) throws(EventLogError) {
        let opened = try EnvironmentRegistry.shared.openForWriting(
            LogFiles(folder: path), mapBytes: options.mapBytes
        ) {
            LogMetadata(
                format: LogMetadata.currentFormat, logID: options.logID ?? .random(),
                createdNanoseconds: options.wallClockNanoseconds())
        }
        self.options = options
        writer = try LogWriter(opened.lease, lock: opened.lock, options: options)
        reader = EventLogReader(opened.lease.shared())
    }

    deinit {
        close()
    }

    /// The last position given away by ``submit(_:completion:)``, 0 before the first.
    public var acceptedHead: UInt64 { writer.acceptedHead }

    /// The last position that is durable, 0 before the first.
    public var durableHead: UInt64 { writer.durableHead }

    /// Puts a step in the queue of the writer and gives its positions at once; steps are written in the order of
    /// the calls.
    ///
    /// - Parameter completion: called once, on the writer thread, when the step is durable or has failed. It
    ///   should be short, for the next commit waits for it, and must not wait for another step.
    /// - Throws: ``EventLogError`` for a step that is empty, too large or too much for the queue, and if the log
    ///   is closed or has stopped after a failure. Then the step has no positions and no completion is called.
    @discardableResult
    public func submit(
        _ step: Step, completion: @escaping @Sendable (Result<ClosedRange<UInt64>, EventLogError>) -> Void
    ) throws(EventLogError) -> ClosedRange<UInt64> {
        try writer.submit(QueuedStep(step, options, completion: completion))
    }

    /// Appends a step and returns its positions when it is durable. The cancellation of the task does not take
    /// the step back.
    @discardableResult
    public func append(_ step: Step) async throws(EventLogError) -> ClosedRange<UInt64> {
        let result: Result<ClosedRange<UInt64>, EventLogError> = await withCheckedContinuation {
            continuation in
            do throws(EventLogError) {
                try submit(step) { continuation.resume(returning: $0) }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// Refuses further steps, waits until the queued ones are answered and every transaction has ended, and gives
    /// the log up to the next writer. Sequences that follow the log end. Called from a completion it cannot wait:
    /// the log closes when the completions are done.
    public func close() {
        writer.close()
        reader.close()
    }
}
