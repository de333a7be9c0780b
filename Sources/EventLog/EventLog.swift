/// An append-only log of opaque records in a folder, open for writing by one writer.
///
/// Records are numbered from 1 without a gap (LOG-1) and appended in steps, each of which is in the log whole or
/// not at all (LOG-2). A durable step is acknowledged when it is on disk: it then survives the end of the process at
/// any instant (LOG-3). One writer at a time may have a log open, and any number of readers (LOG-5).
public final class EventLog: Sendable {
    /// Reads what is durable. It is closed with the log.
    public let reader: EventLogReader

    let writer: LogWriter
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
    ///
    /// Where LMDB's table of readers cannot be written, on a read-only mount or without permission, the log can be read
    /// while nobody writes it.
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
        reader = EventLogReader(opened.lease.shared(), onLifeCyclePoint: options.onLifeCyclePoint)
    }

    deinit {
        close()
    }

    /// The last position given away, 0 before the first. It is never below ``durableHead``.
    public var acceptedHead: UInt64 { writer.acceptedHead }

    /// The last position that is durable, 0 before the first.
    public var durableHead: UInt64 { writer.durableHead }

    /// Puts a step in the queue of the writer and gives its positions at once; steps are written in the order of
    /// the calls.
    ///
    /// - Parameters:
    ///   - durability: when the step is acknowledged.
    ///   - expectation: where the caller believes the log to be.
    ///   - completion: called once when the step is acknowledged or has failed: for a durable step on the writer
    ///     thread, for a lazy one before this returns. It should be short, for the next commit waits for it, and must
    ///     not wait for another step.
    /// - Returns: the positions of the step, or those of the step that was accepted with the same
    ///   ``Step/key`` before.
    /// - Throws: ``EventLogError`` for a step that is empty, too large or too much for the queue, for an expectation
    ///   that is not met, and if the log is closed or has stopped after a failure. Then the step has no positions and
    ///   no completion is called.
    @discardableResult
    public func submit(
        _ step: Step, durability: Durability = .durable, expecting expectation: Expectation? = nil,
        completion: @escaping @Sendable (Result<ClosedRange<UInt64>, EventLogError>) -> Void
    ) throws(EventLogError) -> ClosedRange<UInt64> {
        try writer.submit(
            try step.sealed(options), durability, expecting: expectation, .completion(completion))
    }

    /// Appends a step and returns its positions when it is acknowledged. The cancellation of the task does not take
    /// the step back. Otherwise as ``submit(_:durability:expecting:completion:)``.
    @discardableResult
    public func append(
        _ step: Step, durability: Durability = .durable, expecting expectation: Expectation? = nil
    ) async throws(EventLogError) -> ClosedRange<UInt64> {
        let sealed = try step.sealed(options)
        let result: Result<ClosedRange<UInt64>, EventLogError> = await withUnsafeContinuation {
            continuation in
            do throws(EventLogError) {
                _ = try writer.submit(sealed, durability, expecting: expectation, .continuation(continuation))
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    /// Returns the durable head when it has come to a position, or at once when the task is cancelled. Lazy steps up
    /// to the position are committed without waiting further.
    ///
    /// - Throws: ``EventLogError`` if the log fails or is closed before.
    @discardableResult
    public func durable(through position: UInt64) async throws(EventLogError) -> UInt64 {
        try await wait(for: .durable, position)
    }

    /// Returns the accepted head when it has come to a position, or at once when the task is cancelled.
    ///
    /// - Throws: ``EventLogError`` if the log fails or is closed before.
    @discardableResult
    public func accepted(through position: UInt64) async throws(EventLogError) -> UInt64 {
        try await wait(for: .accepted, position)
    }

    private func wait(
        for watermark: LogWriter.Watermark, _ position: UInt64
    ) async throws(EventLogError) -> UInt64 {
        let waiting = CancellableWait()
        let result: Result<UInt64, EventLogError> = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let number = writer.when(watermark, reaches: position) { continuation.resume(returning: $0) }
                if let number, waiting.begin(number) { writer.stopWaiting(for: watermark, number) }
            }
        } onCancel: {
            if let number = waiting.cancel() { writer.stopWaiting(for: watermark, number) }
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
