/// An event that cannot be the next one of a history, although it can be read.
///
/// `decide` never records one, so the log was altered, or written by a program with other rules.
public struct ImpossibleEvent: Error, Equatable, Sendable, CustomStringConvertible {
    /// The event's position in the log.
    public let sequence: UInt64
    /// The schema's name of its type, such as `task_granted`.
    public let type: String
    /// What speaks against it.
    public let reason: String

    public init(sequence: UInt64, type: String, reason: String) {
        self.sequence = sequence
        self.type = type
        self.reason = reason
    }

    public var description: String {
        "event \(sequence) (\(type)) cannot follow the events before it: \(reason); they can still be folded up to "
            + "event \(sequence - min(sequence, 1))"
    }
}

/// What speaks against an event, before it is known which event that is.
struct Obstacle: Error {
    let reason: String
}

/// Throws unless a condition holds; the reason is put into words only then.
func require(_ condition: Bool, _ reason: @autoclosure () -> String) throws(Obstacle) {
    if !condition { throw Obstacle(reason: reason()) }
}

extension Table {
    /// The place of the entity with this id, or the obstacle that it is not there.
    func required(_ id: ID, _ kind: StaticString) throws(Obstacle) -> Int {
        guard let place = placeIfPresent(of: id) else { throw Obstacle(reason: "there is no \(kind) \(id)") }
        return place
    }

    /// Throws unless there is an entity with this id.
    func require(_ id: ID, _ kind: StaticString) throws(Obstacle) { _ = try required(id, kind) }
}
