import ChromePipe
import Foundation
import NIOCore
import NIOWebSocket
import Synchronization

/// WebDriver BiDi on a WebSocket: commands out, events in.
///
/// Every call ends exactly once: with its answer, at its deadline, by its task's cancellation, with its page, or with the
/// connection (EXEC-1).
final class BiDiConnection: Sendable {
    let loop: any EventLoop
    /// The one cause of death, when there is one.
    let died = Outcome<BrowserDeath>()
    private let channel: any Channel
    private let limits: CDPLimits
    private let state = Mutex(State())

    typealias Receiver = @Sendable (BiDiEvent) -> Void

    private struct Waiting {
        let method: String
        let page: String?
        let outcome: Outcome<Result<RawJSON, CDPError>>
    }

    private struct State {
        var lastCall = 0
        var waiting: [Int: Waiting] = [:]
        /// Bytes that the browser has not taken yet.
        var backlog = 0
        var lastReceiver = 0
        var receivers: [Int: Receiver] = [:]
        /// Pages whose process has ended, until they load again.
        var crashed: Set<String> = []
        var isClosing = false
    }

    /// How long the process may take to end after the socket has.
    private static let exitPatience: TimeAmount = .milliseconds(500)

    private init(_ channel: any Channel, limits: CDPLimits) {
        self.channel = channel
        self.limits = limits
        loop = channel.eventLoop
    }

    /// Connects to a browser that listens.
    static func open(
        _ address: BiDiAddress, limits: CDPLimits, on loop: any EventLoop
    ) async throws -> BiDiConnection {
        let channel = try await WebSocketChannel.connect(
            to: address, messageBytes: limits.messageBytes, on: loop)
        let connection = BiDiConnection(channel, limits: limits)
        try await WebSocketChannel.receive(on: channel, for: connection)
        return connection
    }

    // MARK: Calls

    /// Calls a command.
    ///
    /// - Parameter page: The page that it is about: the call ends with it.
    func call(
        _ method: some BiDiMethod, page: String? = nil, deadline: Duration
    ) async throws(CDPError) -> RawJSON {
        let name = type(of: method).name
        let outcome = Outcome<Result<RawJSON, CDPError>>()
        let id = try register(Waiting(method: name, page: page, outcome: outcome))
        defer { state.withLock { _ = $0.waiting.removeValue(forKey: id) } }
        try send(method, name, id)
        guard let result = await outcome.wait(atMost: deadline, on: loop) else {
            throw Task.isCancelled
                ? .cancelled(method: name) : .deadlineExceeded(method: name, after: deadline)
        }
        return try result.get()
    }

    /// Evaluates an expression in a page, and finds out where the page has no process any more.
    func evaluate(
        _ expression: String, in page: String, awaitPromise: Bool, deadline: Duration
    ) async throws(CDPError) -> RawJSON {
        let method = BiDi.Script.Evaluate(
            expression: expression, target: .init(context: page), awaitPromise: awaitPromise)
        do {
            return try await call(method, page: page, deadline: deadline)
        } catch .refused(_, _, let message) where message.hasPrefix("unsupported operation") {
            // In place of a page whose process has ended stands one of the browser's own.
            announce(.pageCrashed(page))
            throw .targetCrashed(method: BiDi.Script.Evaluate.name, Self.crash)
        }
    }

    private func register(_ call: Waiting) throws(CDPError) -> Int {
        let (id, isCrashed) = state.withLock { state in
            state.lastCall += 1
            state.waiting[state.lastCall] = call
            return (state.lastCall, call.page.map(state.crashed.contains) ?? false)
        }
        // After it was registered: a death that comes meanwhile ends it.
        if let death = died.value {
            _ = state.withLock { $0.waiting.removeValue(forKey: id) }
            throw .connectionDied(method: call.method, death)
        }
        if isCrashed, call.method == BiDi.Script.Evaluate.name {
            _ = state.withLock { $0.waiting.removeValue(forKey: id) }
            throw .targetCrashed(method: call.method, Self.crash)
        }
        return id
    }

    private func send(_ method: some BiDiMethod, _ name: String, _ id: Int) throws(CDPError) {
        var text = Data(#"{"id":\#(id),"method":"\#(name)","params":"#.utf8)
        do {
            try method.encodeParameters(into: &text)
        } catch {
            throw .unencodable(method: name, reason: "\(error)")
        }
        text.append(UInt8(ascii: "}"))
        let bytes = text.count
        guard bytes <= limits.messageBytes else {
            throw .messageTooLarge(method: name, bytes: bytes, limit: limits.messageBytes)
        }
        let waiting = state.withLock { state in
            guard state.backlog + bytes <= limits.backlogBytes else { return state.backlog }
            state.backlog += bytes
            return -1
        }
        guard waiting < 0 else {
            throw .backlogFull(method: name, queuedBytes: waiting, limit: limits.backlogBytes)
        }
        let written = loop.makePromise(of: Void.self)
        written.futureResult.whenComplete { [weak self] _ in self?.state.withLock { $0.backlog -= bytes } }
        // A client masks what it sends, with a key that nobody can foresee (RFC 6455, section 5.3).
        let frame = WebSocketFrame(
            fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(bytes: text))
        channel.writeAndFlush(frame, promise: written)
    }

    // MARK: Events

    /// Calls back for every event, in order, until cancelled or after the death. The callback must not block.
    func subscribe(_ receive: @escaping Receiver) -> EventSubscription {
        let id = state.withLock { state in
            state.lastReceiver += 1
            state.receivers[state.lastReceiver] = receive
            return state.lastReceiver
        }
        return EventSubscription { [weak self] in self?.state.withLock { $0.receivers[id] = nil } }
    }

    /// Tells of something that did not come through the socket.
    func announce(_ event: BiDiEvent) {
        let receivers = state.withLock { state in
            switch event {
            case .pageCrashed(let page): state.crashed.insert(page)
            case .pageLoaded(let page), .pageDestroyed(let page): state.crashed.remove(page)
            case .requestHeld, .died: break
            }
            return state.receivers.sorted { $0.key < $1.key }.map(\.value)
        }
        switch event {
        case .pageCrashed(let page): endCalls(of: page) { .targetCrashed(method: $0, Self.crash) }
        case .pageDestroyed(let page): endCalls(of: page) { .targetDestroyed(method: $0) }
        case .pageLoaded, .requestHeld, .died: break
        }
        for receive in receivers { receive(event) }
    }

    /// The browser does not tell how a page's process ended.
    static let crash = TargetCrash(status: nil, errorCode: nil)

    private func endCalls(of page: String, _ error: (String) -> CDPError) {
        end(
            state.withLock { state in
                let ended = state.waiting.filter { $0.value.page == page }
                for id in ended.keys { state.waiting[id] = nil }
                return ended
            }, error)
    }

    private func end(_ calls: [Int: Waiting], _ error: (String) -> CDPError) {
        for call in calls.sorted(by: { $0.key < $1.key }).map(\.value) {
            call.outcome.resolve(.failure(error(call.method)))
        }
    }

    /// Takes a message; called on the loop.
    func receive(_ text: ByteBuffer) {
        do throws(BiDiMessage.Violation) {
            switch try BiDiMessage(RawJSON(text)) {
            case .answer(let id, let result): take(id)?.outcome.resolve(.success(result))
            case .failure(let id, let message):
                guard let call = take(id) else { return }
                call.outcome.resolve(.failure(.refused(method: call.method, code: 0, message: message)))
            case .event(let name, let parameters):
                if let event = BiDiEvent(name, parameters) { announce(event) }
            }
        } catch {
            die(.protocolViolation(error.reason))
        }
    }

    private func take(_ id: Int) -> Waiting? { state.withLock { $0.waiting.removeValue(forKey: id) } }

    // MARK: End

    /// The browser's end, from now on, is what was asked for.
    func beginClosing() { state.withLock { $0.isClosing = true } }

    /// The socket has ended: the process is about to, unless it closed the socket alone.
    func socketEnded() {
        loop.scheduleTask(in: Self.exitPatience) { self.die(.pipeClosed) }
    }

    /// Ends the connection, once.
    func die(_ cause: BrowserDeath) {
        let isClosing = state.withLock(\.isClosing)
        let death = isClosing ? .closedByUs : cause
        guard died.resolve(death) else { return }
        let calls = state.withLock { state in
            defer { state.waiting = [:] }
            return state.waiting
        }
        end(calls) { .connectionDied(method: $0, death) }
        announce(.died(death))
        state.withLock { $0.receivers = [:] }
        channel.close(promise: nil)
    }
}
