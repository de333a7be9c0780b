import CSpawn
import Glibc
import NIOCore

/// Who is told of what comes through a pipe, on its thread.
protocol PipeUser: AnyObject {
    /// Bytes came, which are lent for the call.
    func received(_ bytes: UnsafeRawBufferPointer)
    /// The other end of one of the two directions is closed: told for each of them, and again for every message that is
    /// written then.
    func pipeEnded()
    /// The thread ends.
    func threadEnds()
}

/// A pipe of two directions as its thread sees it: what is read, what waits to be written, and timers.
///
/// Everything in it belongs to the thread.
final class PipeLoop {
    /// Read at once; what the pipe holds is read in a few turns at most.
    private static let chunkBytes = 256 << 10
    /// Read before anything else is looked at. More than the pipe can hold, so that the last words of a process that has
    /// ended are read before its end is told.
    private static let turnBytes = 4 << 20

    /// Let go of when the thread ends.
    var user: (any PipeUser)?

    private var input: CInt
    private var output: CInt
    private let chunk: UnsafeMutableRawBufferPointer
    private let watched: UnsafeMutablePointer<pollfd>

    /// What the pipe has not taken yet, the first from its reader index on.
    private var backlog: [ByteBuffer] = []
    /// The bytes in it.
    private(set) var backlogBytes = 0
    /// When the pipe last took some of it, or all before it.
    private(set) var lastProgress = NIODeadline.now()

    /// Takes ownership of both descriptors.
    init(reading: CInt, writing: CInt) {
        input = reading
        output = writing
        chunk = .allocate(byteCount: Self.chunkBytes, alignment: 16)
        watched = .allocate(capacity: 3)
        watched.initialize(repeating: pollfd(), count: 3)
    }

    deinit {
        close()
        chunk.deallocate()
        watched.deallocate()
    }

    /// A write to a pipe that nobody reads any more gives an error, and ends no program.
    private static let ignoresBrokenPipes: Void = { _ = signal(SIGPIPE, SIG_IGN) }()

    func makeNonblocking() throws(SystemError) {
        _ = Self.ignoresBrokenPipes
        for descriptor in [input, output] {
            let flags = fcntl(descriptor, F_GETFL)
            guard flags >= 0, fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) == 0 else {
                throw SystemError(step: "fcntl", code: errno)
            }
        }
    }

    /// Closes both directions; nothing more comes, and nothing more is sent.
    func close() {
        closeInput()
        closeOutput()
    }

    private func closeInput() {
        if input >= 0 { closeDescriptor(input) }
        input = -1
    }

    /// Closes the direction out; what waits to be written is dropped.
    func closeOutput() {
        if output >= 0 { closeDescriptor(output) }
        output = -1
        backlog = []
        backlogBytes = 0
    }

    func end() {
        user?.threadEnds()
        user = nil
        timers = []
        close()
    }

    // MARK: Writing

    /// Writes a message, or what the pipe takes of it, and the rest when the pipe has room.
    func write(_ message: ByteBuffer) {
        guard output >= 0 else {
            user?.pipeEnded()
            return
        }
        var rest = message
        if backlog.isEmpty {
            if let written = writeSome(rest) { rest.moveReaderIndex(forwardBy: written) }
            guard rest.readableBytes > 0, output >= 0 else { return }
            lastProgress = .now()
        }
        backlog.append(rest)
        backlogBytes += rest.readableBytes
    }

    private func flush() {
        var done = 0
        while done < backlog.count, let written = writeSome(backlog[done]) {
            lastProgress = .now()
            backlogBytes -= written
            backlog[done].moveReaderIndex(forwardBy: written)
            if backlog[done].readableBytes == 0 { done += 1 }
        }
        if output >= 0 { backlog.removeFirst(done) }
    }

    /// How many bytes the pipe took; nil when it takes none, and at its end.
    private func writeSome(_ message: ByteBuffer) -> Int? {
        while output >= 0 {
            let count = message.withUnsafeReadableBytes { writeDescriptor(output, $0) }
            if count >= 0 { return count }
            switch errno {
            case EINTR: continue
            case EAGAIN: return nil
            default:
                closeOutput()
                user?.pipeEnded()
            }
        }
        return nil
    }

    // MARK: Waiting

    /// Waits for the pipe, the next timer or a wake-up, and does what is to be done then.
    ///
    /// - Parameter waits: False to do what is to be done now.
    func turn(wakeup: CInt, waits: Bool) {
        watched[0] = pollfd(fd: wakeup, events: Int16(POLLIN), revents: 0)
        watched[1] = pollfd(fd: input, events: Int16(POLLIN), revents: 0)
        // Also without anything to write: that nobody reads any more is told all the same.
        watched[2] = pollfd(fd: output, events: backlog.isEmpty ? 0 : Int16(POLLOUT), revents: 0)
        if poll(watched, 3, waits ? patience : 0) > 0 {
            let (woken, readable, writable) = (watched[0].revents, watched[1].revents, watched[2].revents)
            if woken != 0 { cspawn_wakeup_lower(wakeup) }
            // First, so that last words come before the end.
            if readable != 0 { receive() }
            if writable & Int16(POLLOUT) != 0 { flush() }
            if writable & Int16(POLLERR | POLLNVAL) != 0, output >= 0 {
                closeOutput()
                user?.pipeEnded()
            }
        }
        fireTimers()
    }

    private func receive() {
        var budget = Self.turnBytes
        while input >= 0, budget > 0 {
            let count = read(input, chunk.baseAddress, chunk.count)
            if count > 0 {
                budget -= count
                user?.received(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
                // Less than was asked for: there is no more.
                if count < chunk.count { return }
            } else if count < 0, errno == EINTR {
                continue
            } else if count < 0, errno == EAGAIN {
                return
            } else {
                closeInput()
                user?.pipeEnded()
            }
        }
    }

    // MARK: Timers

    /// A timer that has not fired yet.
    struct Timer: Equatable {
        fileprivate let number: UInt64
    }

    private var timers: [(number: UInt64, deadline: NIODeadline, action: () -> Void)] = []
    private var lastTimer: UInt64 = 0

    /// Has work done at a time, or when the thread comes to it.
    @discardableResult
    func schedule(at deadline: NIODeadline, _ action: @escaping () -> Void) -> Timer {
        lastTimer += 1
        timers.append((lastTimer, deadline, action))
        return Timer(number: lastTimer)
    }

    @discardableResult
    func schedule(in delay: TimeAmount, _ action: @escaping () -> Void) -> Timer {
        schedule(at: .now() + delay, action)
    }

    func cancel(_ timer: Timer) {
        timers.removeAll { $0.number == timer.number }
    }

    /// Until the next timer, in milliseconds, rounded up; -1 for ever.
    private var patience: CInt {
        guard let next = timers.lazy.map(\.deadline).min() else { return -1 }
        let left = (next - .now()).nanoseconds
        return left <= 0 ? 0 : CInt(min((left - 1) / 1_000_000 + 1, Int64(CInt.max)))
    }

    private func fireTimers() {
        let now = NIODeadline.now()
        guard timers.contains(where: { $0.deadline <= now }) else { return }
        let due = timers.filter { $0.deadline <= now }
        for (number, _, action) in due.sorted(by: { ($0.deadline, $0.number) < ($1.deadline, $1.number) }) {
            // One before it may have cancelled it.
            guard timers.contains(where: { $0.number == number }) else { continue }
            cancel(Timer(number: number))
            action()
        }
    }
}

private func closeDescriptor(_ descriptor: CInt) { _ = close(descriptor) }

private func writeDescriptor(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
    write(descriptor, bytes.baseAddress, bytes.count)
}
