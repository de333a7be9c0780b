/// A message with a proto3 encoding, described once.
///
/// `visit` names every field with its number and its schema name, in ascending order of the numbers. Encoding,
/// decoding, JSON and tests are visitors of that one description, so they cannot disagree.
public protocol WireMessage: Equatable, Sendable {
    mutating func visit<V: FieldVisitor>(_ visitor: inout V)
}

/// A message that is the payload of an event.
public protocol EventMessage: WireMessage {
    /// Field number in `weir.v1.Event`.
    static var number: Int { get }
    /// Field name in `weir.v1.Event`: what the command line calls the type.
    static var name: StaticString { get }

    var payload: EventPayload { get }
}

/// An enumeration of the schema. Zero stands for "unspecified" on the wire and has no case.
public protocol WireEnum: RawRepresentable<UInt32>, CaseIterable, Hashable, Sendable {
    /// The schema's name of the value, in lower case and without the enumeration's prefix.
    var name: StaticString { get }

    /// A list that is kept once for all messages with these numbers in it, one in each byte; nil for one that is made
    /// anew. Worth an implementation where nearly every message of a frequent type has one of a few lists.
    static func sharedList(_ numbers: UnsafeRawBufferPointer) -> [Self]?
}

extension WireEnum {
    @inline(__always)
    public static func sharedList(_ numbers: UnsafeRawBufferPointer) -> [Self]? { nil }

    /// The case of that name.
    public init?(name: String) {
        guard let found = Self.allCases.first(where: { $0.name.description == name }) else { return nil }
        self = found
    }

    /// Every name, in the order of the numbers.
    public static var names: [String] { allCases.map(\.name.description) }
}

/// What is done with each field of a message.
public protocol FieldVisitor {
    /// Whether it leaves every value as it is, so that nothing need be made of what it was given.
    static var isReadOnly: Bool { get }

    mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt64)
    mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt32)
    mutating func bool(_ number: Int, _ name: StaticString, _ value: inout Bool)
    mutating func double(_ number: Int, _ name: StaticString, _ value: inout Double)
    mutating func string(_ number: Int, _ name: StaticString, _ value: inout String)
    mutating func strings(_ number: Int, _ name: StaticString, _ value: inout [String])
    mutating func bytes(_ number: Int, _ name: StaticString, _ value: inout [UInt8])
    mutating func time(_ number: Int, _ name: StaticString, _ value: inout EventTime)
    mutating func digest(_ number: Int, _ name: StaticString, _ value: inout Digest)
    mutating func optionalDigest(_ number: Int, _ name: StaticString, _ value: inout Digest?)
    mutating func digests(_ number: Int, _ name: StaticString, _ value: inout [Digest])
    mutating func identifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID)
    mutating func optionalIdentifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID?)
    mutating func identifiers<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout [ID])
    mutating func choice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E)
    mutating func optionalChoice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E?)
    mutating func choices<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout [E])
    mutating func message<M: WireMessage>(_ number: Int, _ name: StaticString, _ value: inout M)
    mutating func optionalMessage<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout M?)
    mutating func messages<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout [M])
}

extension FieldVisitor {
    public static var isReadOnly: Bool { false }
}

/// A type whose empty value a decoder can fill.
public protocol DefaultInitializable {
    init()
}

/// What is done with an event's payload, whatever its type.
protocol PayloadVisitor {
    associatedtype Result
    mutating func visit<M: FoldedMessage>(_ message: inout M) -> Result
}

/// What is done with a payload of which only the type is known.
protocol PayloadReading {
    associatedtype Result
    mutating func read<M: FoldedMessage>(_ empty: @autoclosure () -> M) -> Result
}
