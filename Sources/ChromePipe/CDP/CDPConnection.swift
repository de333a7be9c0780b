import NIOCore
import NIOPosix
import Synchronization

/// The remote-debugging pipe: typed calls out, events in. NUL-terminated JSON both ways.
///
/// All state is on one event loop; this is the handle that any task may use.
final class CDPConnection: Sendable {
    let loop: any EventLoop
    let executor: LoopExecutor
    /// The one cause of death, when there is one.
    let died: Outcome<BrowserDeath>
    private let limits: CDPLimits
    private let handler: NIOLoopBound<CDPHandler>
    private let lastCall = Atomic<Int>(0)
    private let lastSubscription = Atomic<UInt64>(0)

    /// Takes ownership of both descriptors.
    static func open(
        reading: CInt, writing: CInt, limits: CDPLimits, loop: any EventLoop
    ) async throws -> CDPConnection {
        let died = Outcome<BrowserDeath>()
        // Made before the channel: a browser that ends at once has taken its handlers out of it by the time that
        // the bootstrap answers.
        let handler = try await loop.submit {
            NIOLoopBound(CDPHandler(limits: limits, loop: loop, died: died), eventLoop: loop)
        }.get()
        _ = try await NIOPipeBootstrap(group: loop)
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 4 << 10, initial: 64 << 10, maximum: 1 << 20)
            )
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(handler.value)
                }
            }
            .takingOwnershipOfDescriptors(input: reading, output: writing)
            .get()
        return CDPConnection(loop: loop, died: died, limits: limits, handler: handler)
    }

    private init(
        loop: any EventLoop, died: Outcome<BrowserDeath>, limits: CDPLimits, handler: NIOLoopBound<CDPHandler>
    ) {
        self.loop = loop
        executor = LoopExecutor(loop)
        self.died = died
        self.limits = limits
        self.handler = handler
    }

    func call<Method: CDPMethod>(
        _ method: Method, session: SessionID?, deadline: Duration
    ) async throws(CDPError) -> Method.Response {
        let id = lastCall.add(1, ordering: .relaxed).newValue
        let message: ByteBuffer
        do {
            message = try method.encodeMessage(id: id, session: session)
        } catch {
            throw .unencodable(method: Method.name, reason: "\(error)")
        }
        let bytes = message.readableBytes - 1  // the NUL is not part of the message
        guard bytes <= limits.messageBytes else {
            throw .messageTooLarge(method: Method.name, bytes: bytes, limit: limits.messageBytes)
        }
        let result = try await perform(
            message, id: id, name: Method.name, needsRenderer: Method.needsRenderer, session: session,
            deadline: deadline
        ).get()
        do {
            return try Method.decodeResponse(result)
        } catch {
            throw .undecodable(method: Method.name, reason: "\(error)")
        }
    }

    /// The same with its error in the result, for calls that are made side by side.
    func result<Method: CDPMethod>(
        of method: Method, session: SessionID? = nil, deadline: Duration
    ) async -> Result<Method.Response, CDPError> {
        do throws(CDPError) {
            return .success(try await call(method, session: session, deadline: deadline))
        } catch {
            return .failure(error)
        }
    }

    private func perform(
        _ message: ByteBuffer, id: Int, name: String, needsRenderer: Bool, session: SessionID?,
        deadline: Duration
    ) async -> Result<RawJSON, CDPError> {
        let cancellation = Cancellation()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let call = WaitingCall(
                    method: name, session: session, limit: deadline, deadline: .now() + TimeAmount(deadline),
                    continuation: continuation)
                onLoop { [handler] in
                    handler.value.send(
                        message, id: id, call: call, needsRenderer: needsRenderer,
                        isCancelled: cancellation.isSet)
                }
            }
        } onCancel: {
            // Set first: a cancellation that overtakes the call on the loop is then seen by `send`.
            cancellation.set()
            loop.execute { [handler] in handler.value.cancel(id) }
        }
    }

    /// On the loop at once, for who is there already, so that what one caller asks for is done in its order. It may be in the
    /// midst of an event: what changes the table of calls or the subscribers by then is for `loop.execute`.
    private func onLoop(_ work: @escaping @Sendable () -> Void) {
        if loop.inEventLoop { work() } else { loop.execute(work) }
    }

    /// Whether a call's task was cancelled, before or after the call reached the loop.
    private final class Cancellation: Sendable {
        private let flag = Atomic(false)
        var isSet: Bool { flag.load(ordering: .acquiring) }
        func set() { flag.store(true, ordering: .releasing) }
    }

    func subscribe(
        _ scope: EventScope, _ receive: @escaping @Sendable (SessionEvent) -> Void
    ) -> EventSubscription {
        let id = lastSubscription.add(1, ordering: .relaxed).newValue
        loop.execute { [handler] in handler.value.subscribe(id, scope, receive) }
        return EventSubscription { [loop, handler] in
            loop.execute { handler.value.unsubscribe(id) }
        }
    }

    /// The newest `limit` events that nobody has taken yet; ends after `died`.
    func events(_ scope: EventScope, limit: Int) -> AsyncStream<SessionEvent> {
        let (stream, continuation) = AsyncStream.makeStream(
            of: SessionEvent.self, bufferingPolicy: .bufferingNewest(limit))
        let subscription = subscribe(scope) { event in
            continuation.yield(event)
            if case .died = event.event { continuation.finish() }
        }
        continuation.onTermination = { _ in subscription.cancel() }
        return stream
    }

    func announce(_ event: CDPEvent) {
        loop.execute { [handler] in handler.value.announce(event) }
    }

    func sawExit(_ exit: ProcessExit?) {
        loop.execute { [handler] in handler.value.sawExit(exit) }
    }

    func sawEnding(_ exit: ProcessExit) {
        loop.execute { [handler] in handler.value.sawEnding(exit) }
    }

    func beginClosing() {
        onLoop { [handler] in handler.value.beginClosing() }
    }

    func closeOutput() {
        onLoop { [handler] in handler.value.closeOutput() }
    }

    /// Ends the connection whatever the browser does.
    func end(_ cause: BrowserDeath) {
        loop.execute { [handler] in handler.value.die(cause) }
    }
}
