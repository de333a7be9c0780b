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
        /// What is being committed; looked through as the queue is until it is durable.
        var committing: [QueuedStep] = []
        /// An empty array that keeps its memory for the next queue.
        var spare: [QueuedStep] = []
        /// The index of the queue.
        var runs: QueuedRuns
        var queuedBytes = 0
        /// How many steps in the queue wait for durability.
        var durableSteps = 0
        /// When the oldest lazy step in the queue has to be committed, on the monotonic clock.
        var lazyDeadline: UInt64?
        var accepted: UInt64
        var durable: UInt64
        /// Positions of steps with a key that are not durable yet.
        var keys: [[UInt8]: ClosedRange<UInt64>] = [:]
        var waiters = PositionWaiters()
        var acceptedWaiters = PositionWaiters()
        /// The queue is to be committed up to here without waiting for a durable step.
        var flushThrough: UInt64 = 0
        var failure: EventLogError?
        var isClosing = false
        var hasEnded = false
        var isWriterWaiting = false
        var thread: pthread_t?
        /// Work that has to happen on the writer thread between two commits.
        var maintenance: [Maintenance] = []
    }

    /// Something that is done on the writer thread between two commits.
    final class Maintenance: Sendable {
        let body: @Sendable (inout GroupCommit) throws(EventLogError) -> Void
        let outcome = Monitor<Result<Void, EventLogError>?>(nil)

        init(_ body: @escaping @Sendable (inout GroupCommit) throws(EventLogError) -> Void) {
            self.body = body
        }
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
            commit = try .takingUp(try lease.current(), options)
        } catch {
            lock.release()
            lease.writerEnded()
            throw error
        }
        state = Monitor(
            State(
                runs: QueuedRuns(bytesLimit: options.groupBytesLimit / 8), accepted: commit.head,
                durable: commit.head))
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

    // MARK: Taking steps

    /// Gives a step its positions, or finds those that a former step with its key has. The acknowledgement is given
    /// once, unless this throws.
    func submit(
        _ step: SealedStep, _ durability: Durability, expecting: Expectation?,
        _ acknowledgement: Acknowledgement
    ) throws(EventLogError) -> ClosedRange<UInt64> {
        let bytes = step.byteCount
        var told: [PositionWaiters.Waiter] = []
        var pair: QueuedRuns.Pair?
        let (range, isAcknowledged, wakes) = try state.withLock {
            state throws(EventLogError) -> (ClosedRange<UInt64>, Bool, Bool) in
            if let failure = state.failure { throw failure }
            guard !state.isClosing else { throw EventLogError.closed(path: lease.files.folder) }
            if !step.key.isEmpty, let (range, isDurable) = try former(step.key, &state) {
                guard !isDurable, durability == .durable else { return (range, true, false) }
                state.waiters.add(range, acknowledgement)
                return (range, false, flush(through: range.upperBound, &state))
            }
            if let expecting { try check(expecting, state) }
            // A step that exceeds the limit by itself is let in when it is alone.
            guard state.queuedBytes == 0 || state.queuedBytes + bytes <= options.queuedBytesLimit else {
                throw EventLogError.queueFull(
                    queuedBytes: state.queuedBytes, limit: options.queuedBytesLimit)
            }
            let range = (state.accepted + 1)...(state.accepted + UInt64(step.count))
            state.accepted = range.upperBound
            told = state.acceptedWaiters.take(through: range.upperBound)
            state.queuedBytes += bytes
            if !step.key.isEmpty { state.keys[step.key] = range }
            if let run = step.run { pair = state.runs.add(.init(run, of: range, bytes: bytes)) }
            state.queue.append(
                QueuedStep(
                    step: step, durability: durability, range: range,
                    acknowledgement: durability == .durable ? acknowledgement : .none))
            switch durability {
            case .durable:
                state.durableSteps += 1
            case .lazy:
                // Whoever waits for its durability already does not wait for the deadline.
                if let awaited = state.waiters.furthest, awaited >= range.lowerBound {
                    state.flushThrough = range.upperBound
                }
                if state.lazyDeadline == nil {
                    state.lazyDeadline = Clock.monotonicNanoseconds() + options.lazyNanoseconds
                }
            }
            return (range, durability == .lazy, state.isWriterWaiting)
        }
        if wakes { state.wake() }
        for waiter in told { waiter(.success(range.upperBound)) }
        if isAcknowledged { acknowledgement.give(.success(range)) }
        while let next = pair {
            let joined = QueuedRuns.Part(joining: next.left, next.right)
            pair = state.withLock { $0.runs.put(joined) }
        }
        return range
    }

    /// The positions of a step with the key that was accepted before, and whether they are durable.
    private func former(
        _ key: [UInt8], _ state: inout State
    ) throws(EventLogError) -> (range: ClosedRange<UInt64>, isDurable: Bool)? {
        if let range = state.keys[key] { return (range, false) }
        let now = options.wallClockNanoseconds()
        let window = options.keyWindowNanoseconds
        let stored = try lease.current().read { transaction throws(EventLogError) in
            try transaction.step(withKey: key)
        }
        guard let stored,
            now <= stored.commitNanoseconds.addingReportingOverflow(window).partialValue
                || stored.commitNanoseconds.addingReportingOverflow(window).overflow
        else { return nil }
        return (stored.range, true)
    }

    private func check(_ expectation: Expectation, _ state: State) throws(EventLogError) {
        switch expectation {
        case .head(let expected):
            guard expected == state.accepted else {
                throw EventLogError.unexpectedHead(expected: expected, actual: state.accepted)
            }
        case .stream(let stream, let expected):
            let actual = try newest(of: stream, state)
            guard expected == actual else {
                throw EventLogError.unexpectedStream(stream, expected: expected, actual: actual)
            }
        }
    }

    /// The newest record of a stream, accepted or durable.
    private func newest(of stream: StreamID, _ state: State) throws(EventLogError) -> UInt64 {
        for steps in [state.queue, state.committing] {
            for step in steps.reversed() {
                if let index = step.step.newest(of: .stream(stream)) { return step.range.lowerBound + index }
            }
        }
        return try lease.current().read { transaction throws(EventLogError) in
            try transaction.newest(of: .stream(stream)) ?? 0
        }
    }

    /// Has the queue committed up to a position without waiting for a durable step; whether the writer must be woken.
    private func flush(through position: UInt64, _ state: inout State) -> Bool {
        state.flushThrough = max(state.flushThrough, position)
        return state.isWriterWaiting
    }

    // MARK: Waiting for positions

    /// A watermark of the log.
    enum Watermark: Sendable {
        case accepted
        case durable
    }

    /// Calls back when a watermark has come to a position, or cannot come there; waiting for durability hastens what
    /// is in the queue. Gives a number by which the call can be taken back, nil if it has been made.
    func when(
        _ watermark: Watermark, reaches position: UInt64,
        _ body: @escaping @Sendable (Result<UInt64, EventLogError>) -> Void
    ) -> UInt64? {
        let (outcome, number, wakes) = state.withLock {
            state -> (Result<UInt64, EventLogError>?, UInt64?, Bool) in
            let head = watermark == .durable ? state.durable : state.accepted
            if head >= position { return (.success(head), nil, false) }
            if let failure = state.failure { return (.failure(failure), nil, false) }
            if state.isClosing, state.accepted < position {
                return (.failure(.closed(path: lease.files.folder)), nil, false)
            }
            switch watermark {
            case .accepted: return (nil, state.acceptedWaiters.add(position, body), false)
            case .durable:
                return (
                    nil, state.waiters.add(position, body),
                    flush(through: min(position, state.accepted), &state)
                )
            }
        }
        if wakes { state.wake() }
        if let outcome { body(outcome) }
        return number
    }

    /// Calls a waiter back with where its watermark is now.
    func stopWaiting(for watermark: Watermark, _ number: UInt64) {
        let (waiter, head) = state.withLock { state in
            switch watermark {
            case .accepted: (state.acceptedWaiters.take(number), state.accepted)
            case .durable: (state.waiters.take(number), state.durable)
            }
        }
        waiter?(.success(head))
    }

    // MARK: The thread

    /// Refuses further steps and waits until the queued ones are answered and the lock is given up. On the
    /// writer thread itself, so in a completion, it cannot wait and only refuses.
    func close() {
        let isWriterThread = state.change { state in
            state.isClosing = true
            return state.thread.map { pthread_equal($0, pthread_self()) != 0 } ?? false
        }
        if !isWriterThread { state.wait { $0.hasEnded ? () : nil } }
    }

    /// Runs `body` on the writer thread between two commits, and waits for it. What is queued before it is committed
    /// before it.
    func perform(
        _ body: @escaping @Sendable (inout GroupCommit) throws(EventLogError) -> Void
    ) throws(EventLogError) {
        let maintenance = Maintenance(body)
        try state.change { state throws(EventLogError) in
            if let failure = state.failure { throw failure }
            guard !state.isClosing else { throw EventLogError.closed(path: lease.files.folder) }
            state.flushThrough = state.accepted
            state.maintenance.append(maintenance)
        }
        try maintenance.outcome.wait { $0 }.get()
    }

    private enum Work {
        case group([QueuedStep], runs: [QueuedRuns.Part])
        case maintenance(Maintenance)
        case end
    }

    private func run(_ commit: inout GroupCommit) {
        loop: while true {
            switch nextWork() {
            case .group(var group, let runs):
                do throws(EventLogError) {
                    try commit.commit(group, runs)
                    finish(group, head: commit.head)
                    commit.reach(.acknowledged)
                    commit.settle()
                } catch {
                    commit.abandon()
                    fail(group, cause: error)
                }
                group.removeAll(keepingCapacity: true)
                state.withLock { swap(&$0.spare, &group) }
            case .maintenance(let maintenance):
                do throws(EventLogError) {
                    try maintenance.body(&commit)
                    maintenance.outcome.change { $0 = .success(()) }
                } catch {
                    if case .writingFailed(_, let cause) = error {
                        commit.abandon()
                        fail([], cause: cause)
                    }
                    maintenance.outcome.change { $0 = .failure(error) }
                }
            case .end: break loop
            }
        }
        let waiters = state.withLock { state in
            state.waiters.take(through: .max) + state.acceptedWaiters.take(through: .max)
        }
        for waiter in waiters { waiter(.failure(.closed(path: lease.files.folder))) }
        commit.end()
        lock.release()
        lease.writerEnded()
        lease.close()
        state.change { $0.hasEnded = true }
    }

    /// What to do next: the steps for the next transaction, or the end when the log is closing and nothing is left.
    private func nextWork() -> Work {
        state.look { state in
            state.isWriterWaiting = false
            if state.queue.isEmpty {
                if let next = state.maintenance.first {
                    state.maintenance.removeFirst()
                    return .done(.maintenance(next))
                }
                if state.isClosing { return .done(.end) }
                state.isWriterWaiting = true
                return .wait
            }
            let isWanted =
                state.durableSteps > 0 || state.isClosing || state.flushThrough > state.durable
                || state.queuedBytes >= options.groupBytesLimit
            if !isWanted, let deadline = state.lazyDeadline, deadline > Clock.monotonicNanoseconds() {
                state.isWriterWaiting = true
                return .waitUntil(deadline)
            }
            takeGroup(&state)
            let last = state.committing[state.committing.count - 1].range.upperBound
            return .done(.group(state.committing, runs: state.runs.take(through: last)))
        }
    }

    private func takeGroup(_ state: inout State) {
        var bytes = 0
        let count =
            state.queue.firstIndex { step in
                bytes += step.step.byteCount
                return bytes > options.groupBytesLimit
            } ?? state.queue.count
        if count == state.queue.count {
            state.committing = state.queue
            state.queue = []
            swap(&state.queue, &state.spare)
            state.durableSteps = 0
            state.lazyDeadline = nil
        } else {
            // The index of a part of the queue is taken as a whole.
            let next = state.runs.start(of: state.queue[count].range.lowerBound)
            let steps = state.queue.prefix { $0.range.lowerBound < next }
            state.committing = Array(steps.isEmpty ? state.queue.prefix(1) : steps)
            state.queue.removeFirst(state.committing.count)
            state.durableSteps -= state.committing.count { $0.durability == .durable }
        }
    }

    private func finish(_ group: [QueuedStep], head: UInt64) {
        let waiters = state.withLock { state in
            state.durable = head
            state.committing = []
            for step in group {
                state.queuedBytes -= step.step.byteCount
                if !step.step.key.isEmpty { state.keys[step.step.key] = nil }
            }
            return state.waiters.take(through: head)
        }
        for step in group { step.acknowledgement.give(.success(step.range)) }
        for waiter in waiters { waiter(.success(head)) }
        lease.changes.signal()
    }

    /// Positions were given away already, so after a failure no later step can be written without a gap: all are
    /// answered with the one error.
    private func fail(_ group: [QueuedStep], cause: EventLogError) {
        let failure = EventLogError.writingFailed(path: lease.files.folder, cause: cause)
        let (queued, waiters, maintenance) = state.withLock { state in
            state.failure = failure
            let rest = (
                state.queue,
                state.waiters.take(through: .max) + state.acceptedWaiters.take(through: .max),
                state.maintenance
            )
            state.queue = []
            _ = state.runs.take(through: .max)
            state.committing = []
            state.keys = [:]
            state.maintenance = []
            state.queuedBytes = 0
            state.durableSteps = 0
            state.lazyDeadline = nil
            return rest
        }
        for step in group + queued { step.acknowledgement.give(.failure(failure)) }
        for waiter in waiters { waiter(.failure(failure)) }
        for one in maintenance { one.outcome.change { $0 = .failure(failure) } }
    }
}
