import Pool

/// What a field can hold, as far as it matters to who compares it.
public enum FieldType: Equatable, Sendable {
    case number
    case truth
    case text
    case time
    case list
    /// One of these names.
    case choice([String])
}

/// The paths and types of all fields that a message can have, also of those that are absent now. Elements of a list of
/// messages have empty brackets: `backends[].reason`.
struct FieldSchema: FieldVisitor {
    private(set) var types: [String: FieldType] = [:]
    private let prefix: String

    init(of message: some WireMessage) {
        self.init(prefix: "")
        var message = message
        message.visit(&self)
    }

    private init(prefix: String) { self.prefix = prefix }

    /// The type of the field at a path.
    subscript(path: String) -> FieldType? { types[path.replacing(/\[\d+\]/, with: "[]")] }

    private mutating func add(_ name: StaticString, _ type: FieldType) {
        types[prefix + name.description] = type
    }

    private mutating func nest<M: WireMessage>(_ name: String, _ message: M) {
        var inner = FieldSchema(prefix: prefix + name + ".")
        var message = message
        message.visit(&inner)
        types.merge(inner.types) { $1 }
    }

    mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt64) { add(name, .number) }
    mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt32) { add(name, .number) }
    mutating func bool(_ number: Int, _ name: StaticString, _ value: inout Bool) { add(name, .truth) }
    mutating func double(_ number: Int, _ name: StaticString, _ value: inout Double) { add(name, .number) }
    mutating func string(_ number: Int, _ name: StaticString, _ value: inout String) { add(name, .text) }
    mutating func strings(_ number: Int, _ name: StaticString, _ value: inout [String]) { add(name, .list) }
    mutating func bytes(_ number: Int, _ name: StaticString, _ value: inout [UInt8]) { add(name, .text) }
    mutating func time(_ number: Int, _ name: StaticString, _ value: inout EventTime) { add(name, .time) }
    mutating func digest(_ number: Int, _ name: StaticString, _ value: inout Digest) { add(name, .text) }

    mutating func optionalDigest(_ number: Int, _ name: StaticString, _ value: inout Digest?) {
        add(name, .text)
    }

    mutating func digests(_ number: Int, _ name: StaticString, _ value: inout [Digest]) { add(name, .list) }

    mutating func identifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID) {
        add(name, .number)
    }

    mutating func optionalIdentifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID?) {
        add(name, .number)
    }

    mutating func identifiers<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout [ID]) {
        add(name, .list)
    }

    mutating func choice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E) {
        add(name, .choice(E.names))
    }

    mutating func optionalChoice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E?) {
        add(name, .choice(E.names))
    }

    mutating func choices<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout [E]) {
        add(name, .list)
    }

    mutating func message<M: WireMessage>(_ number: Int, _ name: StaticString, _ value: inout M) {
        nest(name.description, value)
    }

    mutating func optionalMessage<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout M?
    ) {
        nest(name.description, M())
    }

    mutating func messages<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout [M]
    ) {
        nest("\(name)[]", M())
    }
}
