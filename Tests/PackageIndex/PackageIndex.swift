import NIOCore
import NIOPosix
import Synchronization

/// A package index on this machine (PEP 503) with one wheel, for tests of fetching: it can break off, and leave out
/// ranges.
public final class PackageIndex: Sendable {
    public struct Behaviour: Sendable {
        /// Whether a request for a part of the wheel is answered with that part.
        public var givesRanges = true
        /// After how many bytes of the wheel each of the next answers ends too early.
        public var breaks: [Int] = []
        /// Pause after every 64 KiB of the wheel, in milliseconds.
        public var pauseMs: Int64 = 0

        public init() {}
    }

    struct State: Sendable {
        var behaviour: Behaviour
        var starts: [Int] = []
    }

    private let contents: Contents
    private let channel: any Channel

    /// - Parameter wheel: Contents of the one wheel, which is for every Python.
    public init(
        package: String, version: String, wheel: [UInt8], behaviour: Behaviour = Behaviour()
    ) async throws {
        let name = "\(package.replacing("-", with: "_"))-\(version)-py3-none-any.whl"
        let contents = Contents(package: package, wheelName: name, wheel: wheel, behaviour: behaviour)
        self.contents = contents
        channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Connection(contents))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    deinit { channel.close(promise: nil) }

    /// What makes pip look here and nowhere else.
    public var environment: [String: String] {
        [
            "PIP_CONFIG_FILE": "/dev/null",
            "PIP_INDEX_URL": "http://127.0.0.1:\(channel.localAddress?.port ?? 0)/simple/",
            "PIP_FIND_LINKS": "", "PIP_EXTRA_INDEX_URL": "", "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1",
        ]
    }

    /// The first byte of each answer that held a part of the wheel, or all of it, in order.
    public var starts: [Int] { contents.state.withLock(\.starts) }

    public func change(_ change: @Sendable (inout Behaviour) -> Void) {
        contents.state.withLock { change(&$0.behaviour) }
    }
}

final class Contents: Sendable {
    let package: String
    let wheelName: String
    let wheel: [UInt8]
    let state: Mutex<PackageIndex.State>

    init(package: String, wheelName: String, wheel: [UInt8], behaviour: PackageIndex.Behaviour) {
        self.package = package
        self.wheelName = wheelName
        self.wheel = wheel
        state = Mutex(PackageIndex.State(behaviour: behaviour))
    }
}

/// Answers one request of HTTP/1.1 and closes.
private final class Connection: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private static let pieceBytes = 64 << 10

    private let contents: Contents
    private var received = ""

    init(_ contents: Contents) { self.contents = contents }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += String(buffer: unwrapInboundIn(data))
        guard received.contains("\r\n\r\n") else { return }
        let lines = received.components("\r\n")
        received = ""
        let path = lines[0].components(" ").dropFirst().first ?? ""
        if path == "/simple/\(contents.package)/" {
            let page = "<!DOCTYPE html><a href=\"/\(contents.wheelName)\">\(contents.wheelName)</a>"
            send("HTTP/1.1 200 OK", ["Content-Type: text/html"], Array(page.utf8), context)
        } else if path == "/\(contents.wheelName)" {
            sendWheel(lines, context)
        } else {
            send("HTTP/1.1 404 Not Found", [], [], context)
        }
    }

    private func sendWheel(_ lines: [String], _ context: ChannelHandlerContext) {
        let range = lines.first { $0.lowercased().hasPrefix("range: bytes=") }
        let (start, limit, pause) = contents.state.withLock { state in
            let asked = range.flatMap { Int($0.dropFirst("range: bytes=".count).dropLast()) }
            let start = state.behaviour.givesRanges ? asked ?? 0 : 0
            state.starts.append(start)
            let limit = state.behaviour.breaks.isEmpty ? nil : state.behaviour.breaks.removeFirst()
            return (start, limit, state.behaviour.pauseMs)
        }
        let size = contents.wheel.count
        guard start < size else { return send("HTTP/1.1 416 Range Not Satisfiable", [], [], context) }
        let isPart = start > 0
        let head = isPart ? "HTTP/1.1 206 Partial Content" : "HTTP/1.1 200 OK"
        let fields = isPart ? ["Content-Range: bytes \(start)-\(size - 1)/\(size)"] : []
        send(head, fields, Array(contents.wheel[start...]), context, upTo: limit, pauseMs: pause)
    }

    private func send(
        _ head: String, _ fields: [String], _ body: [UInt8], _ context: ChannelHandlerContext,
        upTo limit: Int? = nil, pauseMs: Int64 = 0
    ) {
        let all = [head, "Content-Length: \(body.count)", "Connection: close"] + fields
        context.writeAndFlush(
            wrapOutboundOut(ByteBuffer(string: all.joined(separator: "\r\n") + "\r\n\r\n")), promise: nil)
        sendPieces(of: body.prefix(limit ?? body.count), pauseMs, context)
    }

    private func sendPieces(of body: ArraySlice<UInt8>, _ pauseMs: Int64, _ context: ChannelHandlerContext) {
        guard !body.isEmpty else { return context.close(promise: nil) }
        let piece = pauseMs == 0 ? body : body.prefix(Self.pieceBytes)
        let rest = body.dropFirst(piece.count)
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(bytes: piece))).whenComplete { result in
            let context = bound.value.1
            guard case .success = result else { return context.close(promise: nil) }
            context.eventLoop.scheduleTask(in: .milliseconds(pauseMs)) {
                let (handler, context) = bound.value
                handler.sendPieces(of: rest, pauseMs, context)
            }
        }
    }
}

extension String {
    fileprivate func components(_ separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
}
