/// A step on its way to the writer thread.
struct QueuedStep: Sendable {
    let step: SealedStep
    let durability: Durability
    /// The positions of the records.
    let range: ClosedRange<UInt64>
    let acknowledgement: Acknowledgement
}

/// How the outcome of a step is told to whoever appended it.
enum Acknowledgement: Sendable {
    case completion(@Sendable (Result<ClosedRange<UInt64>, EventLogError>) -> Void)
    case continuation(UnsafeContinuation<Result<ClosedRange<UInt64>, EventLogError>, Never>)
    /// It has been told already.
    case none

    func give(_ result: Result<ClosedRange<UInt64>, EventLogError>) {
        switch self {
        case .completion(let completion): completion(result)
        case .continuation(let continuation): continuation.resume(returning: result)
        case .none: break
        }
    }
}
