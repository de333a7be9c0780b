import NIOCore
import NIOPosix
import Synchronization

/// The last lines that a browser wrote to its standard error.
package final class StderrTail: Sendable {
    private let lineLimit: Int
    private let lineBytes: Int
    private let onLine: (@Sendable (String) -> Void)?
    private let lastLines = Mutex<[String]>([])

    /// Keeps at most `lineLimit` lines of at most `lineBytes` bytes.
    ///
    /// - Parameter onLine: Called with every line, as it is kept.
    package init(lineLimit: Int, lineBytes: Int, onLine: (@Sendable (String) -> Void)? = nil) {
        self.lineLimit = lineLimit
        self.lineBytes = lineBytes
        self.onLine = onLine
    }

    /// Everything was read: whoever could write has ended.
    package let ended = Outcome<Void>()

    /// The lines kept, oldest first.
    package var lines: [String] { lastLines.withLock { $0 } }

    /// Reads the descriptor, which is owned from now on, until its end.
    package func read(owning descriptor: CInt, on loop: any EventLoop) async throws {
        _ = try await NIOPipeBootstrap(group: loop)
            .channelInitializer { [self] channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(LineReader(self))
                }
            }
            .takingOwnershipOfDescriptor(input: descriptor)
            .get()
    }

    private func keep(_ bytes: some Sequence<UInt8>) {
        let line = String(decoding: Array(bytes), as: UTF8.self)
        guard !line.isEmpty else { return }
        lastLines.withLock { lines in
            lines.append(line)
            if lines.count > lineLimit { lines.removeFirst(lines.count - lineLimit) }
        }
        onLine?(line)
    }

    /// Cuts the stream into lines; of a line that is too long the rest is dropped.
    private final class LineReader: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        private let tail: StderrTail
        private var line: [UInt8] = []

        init(_ tail: StderrTail) {
            self.tail = tail
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            var rest = unwrapInboundIn(data).readableBytesView[...]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                take(rest[..<end])
                tail.keep(line)
                line.removeAll(keepingCapacity: true)
                rest = rest[rest.index(after: end)...]
            }
            take(rest)
        }

        func channelInactive(context: ChannelHandlerContext) {
            tail.keep(line)
            line = []
            tail.ended.resolve(())
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) {
            context.close(promise: nil)
        }

        private func take(_ bytes: some Collection<UInt8>) {
            line.append(contentsOf: bytes.prefix(tail.lineBytes - line.count))
        }
    }
}
