import NIOCore

/// What ends a call's wait: exactly one resume, whatever comes first.
struct WaitingCall {
    let method: String
    let session: SessionID?
    /// How long it may take.
    let limit: Duration
    let deadline: NIODeadline
    let continuation: UnsafeContinuation<Result<RawJSON, CDPError>, Never>
}

/// The calls that wait for their answer, and what is known of the sessions that they belong to.
///
/// Every way for a call to end goes through `end`, which removes it: so it ends exactly once (EXEC-1), and its continuation
/// need not be a checked one.
/// Used on the connection's thread only.
struct CallTable {
    private var calls: [Int: WaitingCall] = [:]
    private var targets: [SessionID: TargetID] = [:]
    private var crashes: [SessionID: TargetCrash] = [:]

    var count: Int { calls.count }

    mutating func insert(_ id: Int, _ call: WaitingCall) {
        calls[id] = call
    }

    /// Ends one call; false if it had ended before.
    @discardableResult
    mutating func end(_ id: Int, _ makeResult: (_ method: String) -> Result<RawJSON, CDPError>) -> Bool {
        guard let call = calls.removeValue(forKey: id) else { return false }
        call.continuation.resume(returning: makeResult(call.method))
        return true
    }

    mutating func endAll(_ makeError: (_ method: String) -> CDPError) {
        for id in calls.keys.sorted() { end(id) { .failure(makeError($0)) } }
    }

    /// The earliest deadline; nil when no call waits.
    var nextDeadline: NIODeadline? { calls.values.lazy.map(\.deadline).min() }

    /// Ends the calls whose deadlines have passed.
    mutating func expire(at now: NIODeadline) {
        for (id, call) in calls.sorted(by: { $0.key < $1.key }) where call.deadline <= now {
            end(id) { .failure(.deadlineExceeded(method: $0, after: call.limit)) }
        }
    }

    /// The crash that a call of this session would run into.
    func crash(of session: SessionID?) -> TargetCrash? {
        session.flatMap { crashes[$0] }
    }

    mutating func attached(_ session: SessionID, to target: TargetID) {
        targets[session] = target
    }

    mutating func crashed(_ session: SessionID, _ crash: TargetCrash) {
        crashes[session] = crash
        endCalls(of: [session]) { .targetCrashed(method: $0, crash) }
    }

    mutating func crashed(_ target: TargetID, _ crash: TargetCrash) {
        for session in sessions(of: target) { crashed(session, crash) }
    }

    mutating func revived(_ session: SessionID) {
        crashes[session] = nil
    }

    mutating func destroyed(_ target: TargetID) {
        let gone = sessions(of: target)
        endCalls(of: gone) { .targetDestroyed(method: $0) }
        for session in gone { forget(session) }
    }

    mutating func detached(_ session: SessionID) {
        endCalls(of: [session]) { .sessionDetached(method: $0) }
        forget(session)
    }

    private func sessions(of target: TargetID) -> Set<SessionID> {
        Set(targets.filter { $0.value == target }.keys)
    }

    private mutating func forget(_ session: SessionID) {
        targets[session] = nil
        crashes[session] = nil
    }

    private mutating func endCalls(of sessions: Set<SessionID>, _ makeError: (_ method: String) -> CDPError) {
        for (id, call) in calls.sorted(by: { $0.key < $1.key }) {
            guard let session = call.session, sessions.contains(session) else { continue }
            end(id) { .failure(makeError($0)) }
        }
    }
}
