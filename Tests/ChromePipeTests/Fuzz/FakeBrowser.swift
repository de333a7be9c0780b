import Dispatch
import Foundation
import Synchronization

@testable import ChromePipe

/// The other end of a connection, in this process: it reads calls, and writes whatever it is told to.
final class FakeBrowser {
    /// A call that it was sent.
    struct Call {
        let id: Int
        let session: String?
        let token: Int
    }

    let connection: CDPConnection
    private let reader: Reader
    private var calls: AsyncStream<Data>.Iterator
    private var output: CInt?

    init(limits: CDPLimits = .init()) throws {
        let (fromConnection, toConnection) = (try Self.pipe(), try Self.pipe())
        output = toConnection.writing
        let (stream, continuation) = AsyncStream.makeStream(of: Data.self)
        calls = stream.makeAsyncIterator()
        reader = Reader(fromConnection.reading, continuation)
        connection = try CDPConnection(
            reading: toConnection.reading, writing: fromConnection.writing, limits: limits)
    }

    /// Not inherited by the programs that other tests start, with which an end would stay open.
    static func pipe() throws -> (reading: CInt, writing: CInt) {
        var ends: [CInt] = [0, 0]
        guard Foundation.pipe(&ends) == 0 else { throw POSIXError(.EMFILE) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    // MARK: Reading

    /// The next call; nil when there can be none any more.
    func nextCall() async throws -> Call? {
        struct Message: Decodable {
            struct Parameters: Decodable { let token: Int }
            let id: Int
            let sessionId: String?
            let params: Parameters
        }
        guard let text = await calls.next() else { return nil }
        let message = try JSONDecoder().decode(Message.self, from: text)
        return Call(id: message.id, session: message.sessionId, token: message.params.token)
    }

    /// Reads nothing from now on, or at most what is in the pipe already.
    func stopReading() { reader.gate.wait() }

    /// Closes its end of the pipe with the next call that it reads.
    func closeInputAfterNextCall() { reader.closesAfterNext.store(true, ordering: .releasing) }

    /// Reads and closes on a thread of its own.
    private final class Reader: Sendable {
        let gate = DispatchSemaphore(value: 1)
        let closesAfterNext = Atomic(false)

        init(_ descriptor: CInt, _ messages: AsyncStream<Data>.Continuation) {
            Thread { [self] in
                var pending = Data()
                var chunk = [UInt8](repeating: 0, count: 64 << 10)
                repeat {
                    gate.wait()
                    gate.signal()
                    let count = read(descriptor, &chunk, chunk.count)
                    guard count > 0 else { break }
                    pending.append(contentsOf: chunk[..<count])
                    while let end = pending.firstIndex(of: 0) {
                        messages.yield(pending[pending.startIndex..<end])
                        pending = pending[(end + 1)...]
                    }
                } while !closesAfterNext.load(ordering: .acquiring)
                close(descriptor)
                messages.finish()
            }.start()
        }
    }

    // MARK: Writing

    /// Writes bytes; false if the connection reads no more.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        guard let output else { return false }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(output, $0.baseAddress, $0.count) }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }

    func closeOutput() {
        if let output { close(output) }
        output = nil
    }

    /// Ends both ends.
    func end() {
        connection.end(.closedByUs)
        closeOutput()
        reader.gate.signal()
    }
}
