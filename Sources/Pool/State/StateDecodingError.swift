/// Why bytes are not the canonical bytes of a pool's state.
public enum StateDecodingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// They are not a `weir.v1.PoolState` of this version.
    case undecodable(WireError)
    /// They decode, but this version would write the same state differently.
    case notCanonical
    /// They decode, but what they say does not fit together; the text names what.
    case inconsistent(String)

    public var description: String {
        switch self {
        case .undecodable(let error):
            "the snapshot cannot be read: \(error); fold the log from its start instead"
        case .notCanonical:
            "the snapshot is not in canonical form; fold the log from its start instead"
        case .inconsistent(let what):
            "the snapshot contradicts itself: \(what); fold the log from its start instead"
        }
    }
}
