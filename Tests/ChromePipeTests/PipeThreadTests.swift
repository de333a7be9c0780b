import Foundation
import NIOCore
import Synchronization
import Testing

@testable import ChromePipe

/// The thread of a connection alone, with a pipe whose other ends are the test's.
@Suite(.timeLimit(.minutes(1))) struct PipeThreadTests {
    /// What the thread told, in order.
    private final class Witness: PipeUser {
        enum Seen: Equatable {
            case received(String)
            case pipeEnded
            case threadEnds
        }

        let pipe: PipeLoop
        private let tell: AsyncStream<Seen>.Continuation

        init(_ pipe: PipeLoop, _ tell: AsyncStream<Seen>.Continuation) {
            self.pipe = pipe
            self.tell = tell
        }

        func received(_ bytes: UnsafeRawBufferPointer) {
            tell.yield(.received(String(decoding: bytes, as: UTF8.self)))
        }
        func pipeEnded() { tell.yield(.pipeEnded) }
        func threadEnds() {
            tell.yield(.threadEnds)
            tell.finish()
        }
    }

    private struct Started {
        var thread: PipeThread?
        let witness: PipeBound<Witness>
        let seen: AsyncStream<Witness.Seen>
        /// Where the test writes what the thread reads, and reads what it writes.
        let toThread: FileHandle
        let fromThread: FileHandle

        init() throws {
            let (inward, outward) = (try FakeBrowser.pipe(), try FakeBrowser.pipe())
            let (stream, tell) = AsyncStream.makeStream(of: Witness.Seen.self)
            seen = stream
            (toThread, fromThread) = (FileHandle(inward.writing), FileHandle(outward.reading))
            let (thread, witness) = try PipeThread.start(reading: inward.reading, writing: outward.writing) {
                Witness($0, tell)
            }
            (self.thread, self.witness) = (thread, witness)
        }

        /// Has work done on the thread, and waits for what it gives.
        func onThread<Value: Sendable>(_ work: @escaping @Sendable (PipeLoop) -> Value) async -> Value {
            await withCheckedContinuation { done in
                thread!.execute { [witness] in done.resume(returning: work(witness.value.pipe)) }
            }
        }
    }

    @Test("what is handed over is done in order, that of before the end too, and then the pipe is closed")
    func endsInOrder() async throws {
        var started = try Started()
        let done = Mutex<[Int]>([])
        for number in 0..<1000 {
            started.thread?.execute { done.withLock { $0.append(number) } }
        }
        started.thread = nil
        var seen: [Witness.Seen] = []
        for await event in started.seen { seen.append(event) }
        #expect(seen == [.threadEnds])
        #expect(done.withLock { $0 } == Array(0..<1000))
        #expect(try started.fromThread.readToEnd() ?? Data() == Data())
    }

    @Test("tasks run on the thread, between what it reads")
    func tasks() async throws {
        let started = try Started()
        let thread = try #require(started.thread)
        #expect(!thread.isCurrent)
        await withTaskExecutorPreference(thread) {
            for _ in 0..<200 {
                #expect(thread.isCurrent)
                await Task.yield()
            }
        }
        // A task that never waits for anything keeps nobody from reading.
        let spinning = Task(executorPreference: thread) {
            while !Task.isCancelled { await Task.yield() }
        }
        try started.toThread.write(contentsOf: Data("word".utf8))
        let first = await started.seen.first { _ in true }
        #expect(first == .received("word"))
        spinning.cancel()
        await spinning.value
    }

    @Test("timers fire in the order of their times, those that are past too, and no cancelled one")
    func timers() async throws {
        let started = try Started()
        let fired = Mutex<[Int]>([])
        await withCheckedContinuation { done in
            started.thread?.execute { [witness = started.witness] in
                let pipe = witness.value.pipe
                let now = NIODeadline.now()
                pipe.schedule(at: now + .milliseconds(30)) {
                    fired.withLock { $0.append(3) }
                    done.resume()
                }
                pipe.schedule(at: now - .seconds(1)) { fired.withLock { $0.append(1) } }
                let never = pipe.schedule(at: now + .milliseconds(20)) { fired.withLock { $0.append(0) } }
                pipe.schedule(at: now + .milliseconds(10)) {
                    fired.withLock { $0.append(2) }
                    pipe.cancel(never)
                }
            }
        }
        #expect(fired.withLock { $0 } == [1, 2, 3])
    }

    @Test("what the pipe does not take at once is written when it has room, in order and whole")
    func backlog() async throws {
        let started = try Started()
        let sent = (0..<40).map { number in [UInt8](repeating: UInt8(number), count: 50_000 + number) }
        let waiting = await started.onThread { pipe in
            for message in sent { pipe.write(ByteBuffer(bytes: message)) }
            return pipe.backlogBytes
        }
        #expect(waiting > 0)
        let whole = Data(sent.joined())
        #expect(try started.fromThread.read(upToCount: whole.count) == whole)
        #expect(await started.onThread { $0.backlogBytes } == 0)
    }

    @Test("the end of either direction is told, after what was written before it, and ends no program")
    func ends() async throws {
        let started = try Started()
        try started.toThread.write(contentsOf: Data("last words".utf8))
        try started.fromThread.close()
        var seen = started.seen.makeAsyncIterator()
        #expect(await seen.next() == .received("last words"))
        #expect(await seen.next() == .pipeEnded)
        await started.onThread { $0.write(ByteBuffer(string: "to nobody")) }
        #expect(await seen.next() == .pipeEnded)
        try started.toThread.close()
        #expect(await seen.next() == .pipeEnded)
    }

    @Test("descriptors that are no pipe are refused, by the name of what refused them")
    func refused() {
        #expect(throws: SystemError.self) {
            _ = try PipeThread.start(reading: 1_000_000, writing: 1_000_001) { pipe in
                Witness(pipe, AsyncStream.makeStream().continuation)
            }
        }
    }
}

extension FileHandle {
    fileprivate convenience init(_ descriptor: CInt) {
        self.init(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}
