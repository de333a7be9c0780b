import NIOCore

/// The connection's state, on its thread: frames in, calls and events out, one death.
final class CDPHandler: PipeUser {
    /// How long one of the two facts of a death, exit and end of pipe, waits for the other.
    private static let secondFactWait: TimeAmount = .milliseconds(500)
    /// `Inspector.targetCrashed` says nothing of the cause; `Target.targetCrashed` follows and does.
    private static let crashStatusWait: TimeAmount = .milliseconds(500)

    private let limits: CDPLimits
    private let pipe: PipeLoop
    private let died: Outcome<BrowserDeath>

    private var framer: NULFramer
    private var calls = CallTable()
    private var subscribers = EventSubscribers()
    private var highestID = 0

    private var watchdog: PipeLoop.Timer?
    /// Fires at or before the earliest deadline of a call: a timer for each would cost more than the rest of the call.
    private var alarm: (deadline: NIODeadline, timer: PipeLoop.Timer)?

    private var closing = false
    private var exit: ProcessExit?
    private var hasPipeEnded = false

    init(limits: CDPLimits, pipe: PipeLoop, died: Outcome<BrowserDeath>) {
        self.limits = limits
        self.pipe = pipe
        self.died = died
        framer = NULFramer(limit: limits.messageBytes)
    }

    // MARK: The pipe

    func received(_ bytes: UnsafeRawBufferPointer) {
        framer.append(bytes)
        do {
            while let message = try framer.next() {
                receive(try CDPEnvelope(message))
                // A subscriber's callback, or the message itself, may have ended the connection.
                if died.value != nil { return }
            }
        } catch let overflow as NULFramer.Overflow {
            die(.messageTooLarge(bytes: overflow.bytes, limit: overflow.limit))
        } catch let violation as CDPEnvelope.Violation {
            die(.protocolViolation(violation.reason))
        } catch {
            die(.protocolViolation("\(error)"))
        }
    }

    func pipeEnded() {
        hasPipeEnded = true
        settleDeath()
    }

    func threadEnds() { die(.closedByUs) }

    // MARK: Calls

    /// Sends a message, or ends the call at once.
    func send(_ message: ByteBuffer, id: Int, call: WaitingCall, needsRenderer: Bool, isCancelled: Bool) {
        highestID = max(highestID, id)
        calls.insert(id, call)
        let bytes = message.readableBytes
        if let death = died.value {
            end(id) { .connectionDied(method: $0, death) }
        } else if isCancelled {
            cancel(id)
        } else if needsRenderer, let crash = calls.crash(of: call.session) {
            end(id) { .targetCrashed(method: $0, crash) }
        } else if pipe.backlogBytes + bytes > limits.backlogBytes {
            let (queued, limit) = (pipe.backlogBytes, limits.backlogBytes)
            end(id) { .backlogFull(method: $0, queuedBytes: queued, limit: limit) }
        } else {
            setAlarm(call.deadline)
            pipe.write(message)
            if pipe.backlogBytes > 0, watchdog == nil { watchWrites() }
        }
    }

    private func setAlarm(_ deadline: NIODeadline) {
        if let alarm, alarm.deadline <= deadline { return }
        if let alarm { pipe.cancel(alarm.timer) }
        alarm = (deadline, pipe.schedule(at: deadline) { self.expire() })
    }

    private func expire() {
        alarm = nil
        calls.expire(at: .now())
        if let next = calls.nextDeadline { setAlarm(next) }
    }

    func cancel(_ id: Int) {
        end(id) { .cancelled(method: $0) }
    }

    private func end(_ id: Int, _ makeError: (_ method: String) -> CDPError) {
        calls.end(id) { .failure(makeError($0)) }
    }

    // MARK: Writing

    private func watchWrites() {
        watchdog = pipe.schedule(at: pipe.lastProgress + TimeAmount(limits.writeStall)) { self.checkWrites() }
    }

    private func checkWrites() {
        watchdog = nil
        guard died.value == nil, pipe.backlogBytes > 0 else { return }
        if NIODeadline.now() - pipe.lastProgress >= TimeAmount(limits.writeStall) {
            die(.stalledWrite(pendingBytes: pipe.backlogBytes, after: limits.writeStall))
        } else {
            watchWrites()
        }
    }

    // MARK: Messages

    private func receive(_ envelope: CDPEnvelope) {
        switch envelope {
        case .answer(let id, let result):
            answer(id, .success(result))
        case .failure(let id, let error):
            answer(id, .failure(error))
        case .event(let method, let session, let parameters):
            let concernsSessions = CDPEvent.concernsSessions(method)
            guard concernsSessions || subscribers.wants(session) else { return }
            let event = CDPEvent(method: method, parameters: parameters)
            if concernsSessions { follow(event, session) }
            subscribers.deliver(SessionEvent(session: session, event: event))
        }
    }

    private func answer(_ id: Int, _ result: Result<RawJSON, CDPEnvelope.ProtocolError>) {
        guard id > 0, id <= highestID else {
            die(.protocolViolation("an answer to call \(id), which was never made"))
            return
        }
        // A call that has ended already, by its deadline for one, is answered in vain.
        calls.end(id) { method in
            result.mapError { error in
                let message = error.data.map { "\(error.message) (\($0))" } ?? error.message
                return .refused(method: method, code: error.code, message: message)
            }
        }
    }

    private func follow(_ event: CDPEvent, _ session: SessionID?) {
        switch event {
        case .attachedToTarget(let session, let target):
            calls.attached(session, to: target.targetId)
        case .detachedFromTarget where closing, .targetDestroyed where closing:
            // A browser that leaves closes its pages first; the calls end with the connection's cause.
            break
        case .detachedFromTarget(let session):
            calls.detached(session)
        case .targetCrashed(let target, let crash):
            calls.crashed(target, crash)
        case .targetDestroyed(let target):
            calls.destroyed(target)
        case .inspectorTargetCrashed:
            guard let session else { return }
            pipe.schedule(in: Self.crashStatusWait) { self.crashWithoutStatus(session) }
            awaitedCrashes.insert(session)
        case .inspectorTargetReloadedAfterCrash:
            guard let session else { return }
            awaitedCrashes.remove(session)
            calls.revived(session)
        default:
            break
        }
    }

    /// Sessions that said that they crashed and may yet be told why.
    private var awaitedCrashes: Set<SessionID> = []

    private func crashWithoutStatus(_ session: SessionID) {
        guard awaitedCrashes.remove(session) != nil, calls.crash(of: session) == nil else { return }
        calls.crashed(session, TargetCrash(status: nil, errorCode: nil))
    }

    // MARK: Events

    func subscribe(_ id: UInt64, _ scope: EventScope, _ receive: @escaping @Sendable (SessionEvent) -> Void) {
        if let death = died.value {
            receive(SessionEvent(session: nil, event: .died(death)))
        } else {
            subscribers.add(id, scope, receive)
        }
    }

    func unsubscribe(_ id: UInt64) {
        subscribers.remove(id)
    }

    func announce(_ event: CDPEvent) {
        subscribers.deliver(SessionEvent(session: nil, event: event))
    }

    // MARK: Death

    /// From now on every end is our own doing.
    func beginClosing() {
        closing = true
    }

    /// Closes our end of the browser's input, which headless Chrome takes as the order to leave.
    func closeOutput() {
        pipe.closeOutput()
    }

    /// The process has ended; nil when nobody knows how.
    func sawExit(_ exit: ProcessExit?) {
        guard let exit else {
            pipeEnded()
            return
        }
        self.exit = exit
        settleDeath()
    }

    /// The process is being ended. What it wrote before is not waited for; a browser that we close ends in its own time.
    func sawEnding(_ exit: ProcessExit) {
        if !closing { die(.ending(exit)) }
    }

    /// One cause with both facts, if the second comes soon after the first; with one of them otherwise.
    private func settleDeath() {
        guard died.value == nil else { return }
        if closing, hasPipeEnded || exit != nil {
            die(.closedByUs)
        } else if let exit, hasPipeEnded {
            die(.exited(exit, pipeClosed: true))
        } else {
            pipe.schedule(in: Self.secondFactWait) { self.settleWithOneFact() }
        }
    }

    private func settleWithOneFact() {
        guard died.value == nil else { return }
        if let exit { die(.exited(exit, pipeClosed: hasPipeEnded)) } else { die(.pipeClosed) }
    }

    /// Ends the connection with its one cause. The first cause stands.
    func die(_ cause: BrowserDeath) {
        let death: BrowserDeath = closing ? .closedByUs : cause
        guard died.resolve(death) else { return }
        if let watchdog { pipe.cancel(watchdog) }
        watchdog = nil
        if let alarm { pipe.cancel(alarm.timer) }
        alarm = nil
        calls.endAll { .connectionDied(method: $0, death) }
        let last = subscribers
        subscribers.removeAll()
        last.deliverToAll(SessionEvent(session: nil, event: .died(death)))
        pipe.close()
    }
}
