import Pool

/// Performs what the pool owes, and reports what happened.
public protocol Executor: Sendable {
    /// Begins an effect and returns at once; its outcome is reported later, from anywhere.
    ///
    /// Effects arrive in the order of their obligations. Reports on one browser must be made in the order in which
    /// things happened there.
    func perform(_ effect: Effect, report: @escaping @Sendable (Report) -> Void)

    /// Ends everything at once, without reports: the engine cannot append any more.
    func abandon() async

    /// Finds out what a fault would be done to, and by what. Nothing is done yet.
    ///
    /// - Returns: The event that is recorded before the fault is injected.
    /// - Throws: `InjectionRefusal`; an executor that injects no faults refuses all.
    func aim(
        _ fault: InjectedFault, at browser: BrowserID, _ incarnation: IncarnationID
    ) async throws(InjectionRefusal) -> FaultInjected

    /// Injects a fault that it has aimed and that is durable by now. What comes of it is reported as of any fault.
    ///
    /// - Throws: `InjectionRefusal` when what it was aimed at is gone: then nothing was done.
    func inject(_ fault: FaultInjected) async throws(InjectionRefusal)
}

extension Executor {
    public func aim(
        _ fault: InjectedFault, at browser: BrowserID, _ incarnation: IncarnationID
    ) async throws(InjectionRefusal) -> FaultInjected {
        throw .unsupported(fault)
    }

    public func inject(_ fault: FaultInjected) async throws(InjectionRefusal) {
        throw .unsupported(fault.fault)
    }
}

/// What an executor has to say: an observation, and the blobs that it names.
public struct Report: Equatable, Sendable {
    public var observation: EventPayload
    public var blobs: [[UInt8]]

    public init(_ message: some EventMessage, blobs: [[UInt8]] = []) {
        observation = message.payload
        self.blobs = blobs
    }
}
