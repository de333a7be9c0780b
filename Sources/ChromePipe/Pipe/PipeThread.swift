import CSpawn
import Glibc
import Synchronization

/// The thread of one connection: it serves the pipe, and runs what others hand it in between, in the order in which it came.
///
/// Of its own, because an event loop for any number of connections of any kind takes longer over a message than the pipe
/// does, and because what one browser is asked then delays no other.
final class PipeThread: TaskExecutor {
    private let queue: Queue

    /// Takes ownership of both descriptors, also where it fails.
    ///
    /// - Parameter makeUser: Makes who is told of what comes; all of it belongs to the thread from then on.
    /// - Returns: The thread, and the user as others may carry it.
    static func start<User: PipeUser>(
        reading: CInt, writing: CInt, _ makeUser: (PipeLoop) -> User
    ) throws(SystemError) -> (PipeThread, PipeBound<User>) {
        let loop = PipeLoop(reading: reading, writing: writing)
        let queue: Queue
        do {
            queue = try Queue()
            try loop.makeNonblocking()
        } catch {
            loop.close()
            throw error
        }
        let user = makeUser(loop)
        loop.user = user
        let bound = PipeBound(user, queue)
        try run(queue, loop)
        return (PipeThread(queue), bound)
    }

    private init(_ queue: Queue) { self.queue = queue }

    /// Whatever was handed over is still done.
    deinit { queue.stop() }

    /// Whether this is the thread.
    var isCurrent: Bool { queue.isCurrent }

    /// Runs work on the thread, after what was handed over before.
    func execute(_ work: @escaping @Sendable () -> Void) { queue.add(.action(work)) }

    func enqueue(_ job: consuming ExecutorJob) { queue.add(.job(UnownedJob(job), self)) }

    // MARK: The thread

    /// Batches of work between two looks at the pipe, if there is always more.
    private static let batchesPerLook = 64

    private static func run(_ queue: Queue, _ loop: PipeLoop) throws(SystemError) {
        var thread = pthread_t()
        let body = Unmanaged.passRetained(Body(queue, loop))
        let code = pthread_create(
            &thread, nil,
            { @Sendable argument in
                guard let argument else { return nil }
                Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().serve()
                return nil
            }, body.toOpaque())
        guard code == 0 else {
            body.release()
            loop.end()
            throw SystemError(step: "pthread_create", code: code)
        }
        pthread_detach(thread)
    }

    /// `@unchecked Sendable`: it goes from who starts the thread to the thread.
    private final class Body: @unchecked Sendable {
        private let queue: Queue
        private let loop: PipeLoop

        init(_ queue: Queue, _ loop: PipeLoop) {
            self.queue = queue
            self.loop = loop
        }

        func serve() {
            cspawn_name_thread("weir-pipe")
            queue.begin()
            var batch: [Work] = []
            var batches = 0
            while queue.take(into: &batch) {
                if batch.isEmpty {
                    loop.turn(wakeup: queue.wakeup, waits: true)
                    batches = 0
                    continue
                }
                for work in batch { work.run() }
                batch.removeAll(keepingCapacity: true)
                batches += 1
                if batches.isMultiple(of: batchesPerLook) { loop.turn(wakeup: queue.wakeup, waits: false) }
            }
            loop.end()
        }
    }

    // MARK: What is handed over

    fileprivate enum Work: Sendable {
        case action(@Sendable () -> Void)
        /// A task's, with the executor that it runs on.
        case job(UnownedJob, PipeThread)

        func run() {
            switch self {
            case .action(let action): action()
            case .job(let job, let thread): job.runSynchronously(on: thread.asUnownedTaskExecutor())
            }
        }
    }

    /// Work for the thread, and what wakes it.
    fileprivate final class Queue: Sendable {
        private struct State {
            var work: [Work] = []
            var isWaiting = false
            var isStopped = false
        }

        private let state = Mutex(State())
        /// The thread's `pthread_t`; 0 before it runs.
        private let thread = Atomic<UInt>(0)
        /// Readable when the thread is to look at the queue.
        let wakeup: CInt

        init() throws(SystemError) {
            wakeup = cspawn_wakeup_create()
            guard wakeup >= 0 else { throw SystemError(step: "eventfd", code: errno) }
        }

        deinit {
            if wakeup >= 0 { close(wakeup) }
        }

        func begin() { thread.store(UInt(pthread_self()), ordering: .releasing) }

        var isCurrent: Bool { thread.load(ordering: .acquiring) == UInt(pthread_self()) }

        func add(_ work: Work) {
            wake { $0.work.append(work) }
        }

        func stop() { wake { $0.isStopped = true } }

        private func wake(_ change: (inout State) -> Void) {
            let mustWake = state.withLock { state in
                change(&state)
                defer { state.isWaiting = false }
                return state.isWaiting
            }
            // The thread itself looks before it waits.
            if mustWake, !isCurrent { cspawn_wakeup_raise(wakeup) }
        }

        /// Takes what has been handed over, into an empty batch; if there is nothing, the thread is waiting from then on.
        /// False when the thread is to end.
        func take(into batch: inout [Work]) -> Bool {
            state.withLock { state in
                swap(&batch, &state.work)
                state.isWaiting = batch.isEmpty
                return !batch.isEmpty || !state.isStopped
            }
        }
    }
}

/// A value that belongs to a connection's thread, which others may carry and not touch.
///
/// `@unchecked Sendable`: it is given out on that thread alone.
struct PipeBound<Value>: @unchecked Sendable {
    private let bound: Value
    private let queue: PipeThread.Queue

    fileprivate init(_ value: Value, _ queue: PipeThread.Queue) {
        bound = value
        self.queue = queue
    }

    var value: Value {
        precondition(queue.isCurrent, "used off its connection's thread")
        return bound
    }
}

/// What the system refused.
struct SystemError: Error, CustomStringConvertible {
    /// The function.
    let step: String
    /// Its `errno`.
    let code: CInt

    var description: String { "\(step): \(String(cString: strerror(code)))" }
}
