import Glibc

/// The queue of a log's one writer, and the thread that empties it.
///
/// The thread commits whatever has gathered while the former commit was being made durable: one flush for many
/// steps when there are many, and no waiting when there are few.
final class LogWriter: Sendable {
    private let lease: EnvironmentLease
    private let lock: WriterLock
    private let options: EventLog.Options
    private let state: Monitor<State>

    private struct State {
        var queue: [QueuedStep] = []
        var queuedBytes = 0
        var accepted: UInt64
        var durable: UInt64
        var failure: EventLogError?
        var isClosing = false
        var hasEnded = false
        var thread: pthread_t?
    }

    var acceptedHead: UInt64 { state.withLock { $0.accepted } }
    var durableHead: UInt64 { state.withLock { $0.durable } }

    /// Takes up the log and starts the thread.
    init(_ lease: EnvironmentLease, lock: WriterLock, options: EventLog.Options) throws(EventLogError) {
        self.lease = lease
        self.lock = lock
        self.options = options
        let commit: GroupCommit
        do throws(EventLogError) {
            commit = try GroupCommit(try lease.current(), wallClockNanoseconds: options.wallClockNanoseconds)
        } catch {
            lock.release()
            lease.writerEnded()
            throw error
        }
        state = Monitor(State(accepted: commit.head, durable: commit.head))
        try start(ThreadBody(writer: self, commit: commit))
    }

    /// What the thread is born with.
    private final class ThreadBody {
        let writer: LogWriter
        var commit: GroupCommit

        init(writer: LogWriter, commit: consuming GroupCommit) {
            self.writer = writer
            self.commit = commit
        }
    }

    private func start(_ body: ThreadBody) throws(EventLogError) {
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(body)
        let code = pthread_create(
            &thread, nil,
            { @Sendable argument in
                guard let argument else { return nil }
                let body = Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue()
                body.writer.run(&body.commit)
                return nil
            }, argument.toOpaque())
        guard code == 0 else {
            argument.release()
            lock.release()
            lease.writerEnded()
            throw EventLogError.system(operation: "pthread_create", path: lease.files.folder, errno: code)
        }
        pthread_detach(thread)
        state.withLock { $0.thread = thread }
    }

    func submit(_ step: QueuedStep) throws(EventLogError) -> ClosedRange<UInt64> {
        try state.withLock { state throws(EventLogError) in
            if let failure = state.failure { throw failure }
            guard !state.isClosing else { throw EventLogError.closed(path: lease.files.folder) }
            // A step that exceeds the limit by itself is let in when it is alone.
            guard state.queuedBytes == 0 || state.queuedBytes + step.byteCount <= options.queuedBytesLimit
            else {
                throw EventLogError.queueFull(
                    queuedBytes: state.queuedBytes, limit: options.queuedBytesLimit)
            }
            var step = step
            let first = state.accepted + 1
            state.accepted += UInt64(step.records.count)
            step.range = first...state.accepted
            state.queuedBytes += step.byteCount
            state.queue.append(step)
            return step.range
        }
    }

    /// Refuses further steps and waits until the queued ones are answered and the lock is given up. On the
    /// writer thread itself, so in a completion, it cannot wait and only refuses.
    func close() {
        let isWriterThread = state.withLock { state in
            state.isClosing = true
            return state.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
        }
        if !isWriterThread { state.wait { $0.hasEnded ? () : nil } }
    }

    private func run(_ commit: inout GroupCommit) {
        while let group = nextGroup() {
            do throws(EventLogError) {
                try commit.commit(group)
                finish(group, head: commit.head)
            } catch {
                fail(group, cause: error)
            }
        }
        lock.release()
        lease.writerEnded()
        lease.close()
        state.withLock { $0.hasEnded = true }
    }

    /// The steps for the next transaction; nil when the log is closing and nothing is left.
    private func nextGroup() -> [QueuedStep]? {
        state.wait { state -> [QueuedStep]?? in
            guard !state.queue.isEmpty else { return state.isClosing ? .some(nil) : nil }
            var bytes = 0
            let count =
                state.queue.firstIndex { step in
                    bytes += step.byteCount
                    return bytes > options.groupBytesLimit
                } ?? state.queue.count
            let group = Array(state.queue.prefix(max(count, 1)))
            state.queue.removeFirst(group.count)
            return group
        }
    }

    private func finish(_ group: [QueuedStep], head: UInt64) {
        state.withLock { state in
            state.durable = head
            state.queuedBytes -= group.reduce(0) { $0 + $1.byteCount }
        }
        lease.changes.signal()
        for step in group { step.completion(.success(step.range)) }
    }

    /// Positions were given away already, so after a failure no later step can be written without a gap: all are
    /// answered with the one error.
    private func fail(_ group: [QueuedStep], cause: EventLogError) {
        let failure = EventLogError.writingFailed(path: lease.files.folder, cause: cause)
        let waiting = state.withLock { state in
            state.failure = failure
            let waiting = state.queue
            state.queue = []
            state.queuedBytes = 0
            return waiting
        }
        for step in group + waiting { step.completion(.failure(failure)) }
    }
}
