import ChromePipe
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket

/// Where a browser listens: a port of this machine alone, which any of its users may connect to, once.
struct BiDiAddress: Sendable, Equatable {
    let host: String
    let port: Int

    /// From the line that Firefox writes to its standard error once it listens; nil for any other line.
    init?(announcedBy line: String) {
        let announcement = "WebDriver BiDi listening on ws://"
        guard let start = line.range(of: announcement)?.upperBound else { return nil }
        let parts = line[start...].prefix { !$0.isWhitespace }.split(separator: ":")
        guard parts.count == 2, let port = Int(parts[1]), (1...65535).contains(port) else { return nil }
        host = String(parts[0])
        self.port = port
    }
}

/// The browser did not open the WebSocket.
struct WebSocketRefused: Error, CustomStringConvertible {
    let reason: String
    var description: String { "its WebSocket did not open: \(reason)" }
}

/// Makes a channel that speaks WebSocket frames (RFC 6455) with a browser.
enum WebSocketChannel {
    /// The browser may send a message in many small frames.
    private static let frameLimit = 1 << 16
    private static let path = "/session"
    private static let connectPatience: TimeAmount = .seconds(5)

    static func connect(
        to address: BiDiAddress, messageBytes: Int, on loop: any EventLoop
    ) async throws -> any Channel {
        let upgraded = loop.makePromise(of: Void.self)
        let channel: any Channel
        do {
            channel = try await ClientBootstrap(group: loop)
                .connectTimeout(connectPatience)
                .channelOption(.socketOption(.tcp_nodelay), value: 1)
                .channelInitializer { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try addUpgrade(
                            to: channel, host: "\(address.host):\(address.port)", messageBytes: messageBytes,
                            upgraded)
                    }
                }
                .connect(host: address.host, port: address.port).get()
        } catch {
            upgraded.fail(error)
            throw WebSocketRefused(reason: "\(error)")
        }
        let timer = loop.scheduleTask(in: connectPatience) {
            upgraded.fail(WebSocketRefused(reason: "the browser did not answer within 5 s"))
        }
        defer { timer.cancel() }
        do {
            try await upgraded.futureResult.get()
        } catch {
            channel.close(promise: nil)
            throw error as? WebSocketRefused ?? WebSocketRefused(reason: "\(error)")
        }
        return channel
    }

    private static func addUpgrade(
        to channel: any Channel, host: String, messageBytes: Int, _ upgraded: EventLoopPromise<Void>
    ) throws {
        let upgrader = NIOWebSocketClientUpgrader(maxFrameSize: messageBytes) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    NIOWebSocketFrameAggregator(
                        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: frameLimit,
                        maxAccumulatedFrameSize: messageBytes))
                upgraded.succeed()
            }
        }
        let asking = UpgradeRequest(host: host, path: path, upgraded)
        let remover = NIOLoopBound(asking, eventLoop: channel.eventLoop)
        try channel.pipeline.syncOperations.addHTTPClientHandlers(
            withClientUpgrade: (
                upgraders: [upgrader],
                completionHandler: { context in
                    context.pipeline.syncOperations.removeHandler(remover.value, promise: nil)
                }
            ))
        try channel.pipeline.syncOperations.addHandler(asking)
    }

    /// Gives a connection what comes.
    static func receive(on channel: any Channel, for connection: BiDiConnection) async throws {
        try await channel.eventLoop.submit {
            guard channel.isActive else { throw WebSocketRefused(reason: "the browser closed it at once") }
            try channel.pipeline.syncOperations.addHandler(MessageReceiver(connection))
        }.get()
    }
}

/// Asks for the upgrade as soon as the socket is open.
private final class UpgradeRequest: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private let host: String
    private let path: String
    private let upgraded: EventLoopPromise<Void>

    init(host: String, path: String, _ upgraded: EventLoopPromise<Void>) {
        self.host = host
        self.path = path
        self.upgraded = upgraded
    }

    func channelActive(context: ChannelHandlerContext) {
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: path, headers: ["Host": host, "Content-Length": "0"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
        context.fireChannelActive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) {
            upgraded.fail(WebSocketRefused(reason: "it answered \(head.status)"))
            context.close(promise: nil)
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        upgraded.fail(WebSocketRefused(reason: "the browser closed the connection"))
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        upgraded.fail(WebSocketRefused(reason: "\(error)"))
        context.close(promise: nil)
    }
}

/// Takes whole messages out of their frames.
private final class MessageReceiver: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame
    typealias OutboundOut = WebSocketFrame

    private weak var connection: BiDiConnection?

    init(_ connection: BiDiConnection) { self.connection = connection }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text: connection?.receive(frame.unmaskedData)
        case .ping:
            let pong = WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData)
            context.writeAndFlush(wrapOutboundOut(pong), promise: nil)
        case .connectionClose: context.close(promise: nil)
        case .binary: connection?.die(.protocolViolation("a message is not text"))
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) { connection?.socketEnded() }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // A socket that fails is one whose browser has ended, most of the time: its exit tells.
        if !(error is IOError) { connection?.die(.protocolViolation("\(error)")) }
        context.close(promise: nil)
    }
}
