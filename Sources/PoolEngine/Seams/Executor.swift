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
