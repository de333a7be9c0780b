import NIOCore
import Synchronization

/// The remote-debugging pipe: typed calls out, events in. NUL-terminated JSON both ways.
///
/// All state is on one thread; this is the handle that any task may use.
final class CDPConnection: Sendable {
    let thread: PipeThread
    /// The one cause of death, when there is one.
    let died: Outcome<BrowserDeath>
    private let limits: CDPLimits
    private let handler: PipeBound<CDPHandler>
    private let lastCall = Atomic<Int>(0)
    private let lastSubscription = Atomic<UInt64>(0)

    /// Takes ownership of both descriptors, also where it fails.
    init(reading: CInt, writing: CInt, limits: CDPLimits) throws(SystemError) {
        let died = Outcome<BrowserDeath>()
        (thread, handler) = try PipeThread.start(reading: reading, writing: writing) { pipe in
            CDPHandler(limits: limits, pipe: pipe, died: died)
        }
        self.died = died
        self.limits = limits
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
            // The table of calls resumes each once (EXEC-1).
            await withUnsafeContinuation { continuation in
                let call = WaitingCall(
                    method: name, session: session, limit: deadline, deadline: .now() + TimeAmount(deadline),
                    continuation: continuation)
                onThread { [handler] in
                    handler.value.send(
                        message, id: id, call: call, needsRenderer: needsRenderer,
                        isCancelled: cancellation.isSet)
                }
            }
        } onCancel: {
            // Set first: a cancellation that overtakes the call to the thread is then seen by `send`.
            cancellation.set()
            thread.execute { [handler] in handler.value.cancel(id) }
        }
    }

    /// At once, for who is on the thread already, so that what one caller asks for is done in its order. It may be in the
    /// midst of an event: what changes the table of calls or the subscribers by then is for `thread.execute`.
    private func onThread(_ work: @escaping @Sendable () -> Void) {
        if thread.isCurrent { work() } else { thread.execute(work) }
    }

    /// Whether a call's task was cancelled, before or after the call reached the thread.
    private final class Cancellation: Sendable {
        private let flag = Atomic(false)
        var isSet: Bool { flag.load(ordering: .acquiring) }
        func set() { flag.store(true, ordering: .releasing) }
    }

    func subscribe(
        _ scope: EventScope, _ receive: @escaping @Sendable (SessionEvent) -> Void
    ) -> EventSubscription {
        let id = lastSubscription.add(1, ordering: .relaxed).newValue
        thread.execute { [handler] in handler.value.subscribe(id, scope, receive) }
        return EventSubscription { [thread, handler] in
            thread.execute { handler.value.unsubscribe(id) }
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
        thread.execute { [handler] in handler.value.announce(event) }
    }

    func sawExit(_ exit: ProcessExit?) {
        thread.execute { [handler] in handler.value.sawExit(exit) }
    }

    func sawEnding(_ exit: ProcessExit) {
        thread.execute { [handler] in handler.value.sawEnding(exit) }
    }

    func beginClosing() {
        onThread { [handler] in handler.value.beginClosing() }
    }

    func closeOutput() {
        onThread { [handler] in handler.value.closeOutput() }
    }

    /// Ends the connection whatever the browser does.
    func end(_ cause: BrowserDeath) {
        thread.execute { [handler] in handler.value.die(cause) }
    }
}
