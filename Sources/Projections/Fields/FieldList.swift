import Pool

/// A field of a message: its path in the schema's names, and its value.
public struct Field: Equatable, Sendable {
    /// Names joined by dots, with the index of an element in brackets: `spec.model`, `candidates[0].score`.
    public let path: String
    public let value: FieldValue

    public init(_ path: String, _ value: FieldValue) {
        self.path = path
        self.value = value
    }
}

/// Every field of a message as a path and a value, in the order of the schema.
///
/// Messages within it are taken apart; the fields of one that is absent have no values, and of a list of messages there
/// are the elements alone.
public struct FieldList: FieldVisitor {
    public static var isReadOnly: Bool { true }

    public private(set) var fields: [Field] = []
    private let prefix: String
    private let leftOut: Set<String>

    /// - Parameter leftOut: Names of lists of messages that are not wanted, of the message itself.
    public init(of message: some WireMessage, leavingOut leftOut: Set<String> = []) {
        self.init(prefix: "", leftOut: leftOut)
        var message = message
        message.visit(&self)
    }

    public init(of payload: EventPayload) {
        self.init(prefix: "", leftOut: [])
        payload.visitFields(&self)
    }

    private init(prefix: String, leftOut: Set<String> = []) {
        self.prefix = prefix
        self.leftOut = leftOut
    }

    private mutating func add(_ name: StaticString, _ value: FieldValue) {
        fields.append(Field(prefix + name.description, value))
    }

    private mutating func nest<M: WireMessage>(_ name: String, _ message: inout M) {
        var inner = FieldList(prefix: prefix + name + ".")
        message.visit(&inner)
        fields += inner.fields
    }

    public mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt64) {
        add(name, .number(value))
    }

    public mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt32) {
        add(name, .number(UInt64(value)))
    }

    public mutating func bool(_ number: Int, _ name: StaticString, _ value: inout Bool) {
        add(name, .truth(value))
    }

    public mutating func double(_ number: Int, _ name: StaticString, _ value: inout Double) {
        add(name, .real(value))
    }

    public mutating func string(_ number: Int, _ name: StaticString, _ value: inout String) {
        add(name, .text(value))
    }

    public mutating func strings(_ number: Int, _ name: StaticString, _ value: inout [String]) {
        add(name, .list(value.map(FieldValue.text)))
    }

    public mutating func bytes(_ number: Int, _ name: StaticString, _ value: inout [UInt8]) {
        add(name, .text(JSONWriter.readable(value)))
    }

    public mutating func time(_ number: Int, _ name: StaticString, _ value: inout EventTime) {
        add(name, .time(value))
    }

    public mutating func digest(_ number: Int, _ name: StaticString, _ value: inout Digest) {
        add(name, .text(value.description))
    }

    public mutating func optionalDigest(_ number: Int, _ name: StaticString, _ value: inout Digest?) {
        add(name, value.map { .text($0.description) } ?? .none)
    }

    public mutating func digests(_ number: Int, _ name: StaticString, _ value: inout [Digest]) {
        add(name, .list(value.map { .text($0.description) }))
    }

    public mutating func identifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID) {
        add(name, .number(value.sequence))
    }

    public mutating func optionalIdentifier<ID: EntityID>(
        _ number: Int, _ name: StaticString, _ value: inout ID?
    ) {
        add(name, value.map { .number($0.sequence) } ?? .none)
    }

    public mutating func identifiers<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout [ID]) {
        add(name, .list(value.map { .number($0.sequence) }))
    }

    public mutating func choice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E) {
        add(name, .name(value.name.description))
    }

    public mutating func optionalChoice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E?) {
        add(name, value.map { .name($0.name.description) } ?? .none)
    }

    public mutating func choices<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout [E]) {
        add(name, .list(value.map { .name($0.name.description) }))
    }

    public mutating func message<M: WireMessage>(_ number: Int, _ name: StaticString, _ value: inout M) {
        nest(name.description, &value)
    }

    public mutating func optionalMessage<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout M?
    ) {
        if var present = value { return nest(name.description, &present) }
        let first = fields.count
        var absent = M()
        nest(name.description, &absent)
        for index in first..<fields.count { fields[index] = Field(fields[index].path, .none) }
    }

    public mutating func messages<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout [M]
    ) {
        guard !leftOut.contains(name.description) else { return }
        for index in value.indices { nest("\(name)[\(index)]", &value[index]) }
    }
}
