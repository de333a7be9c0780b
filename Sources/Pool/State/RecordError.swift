/// Why a record of a log cannot be folded into the state that the records before it gave.
public enum RecordError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Its bytes are not an event of this version.
    case undecodable(WireError)
    /// It is an event that cannot be the next one.
    case impossible(ImpossibleEvent)

    public var description: String {
        switch self {
        case .undecodable(let error): "the record cannot be read: \(error)"
        case .impossible(let error): error.description
        }
    }
}
