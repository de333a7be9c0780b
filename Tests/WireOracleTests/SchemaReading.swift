import Pool

/// Reads the schema off our own descriptions: every message that it reaches, with its fields in the order of the visit.
struct SchemaReading: FieldVisitor {
    private(set) var schema = Schema()
    private var fields: [Schema.Field] = []

    /// Describes a message and what it holds; gives its name.
    @discardableResult
    mutating func reach<M: WireMessage>(_ message: M) -> String {
        let name = String(describing: M.self)
        guard schema.messages[name] == nil else { return name }
        let outer = fields
        fields = []
        var message = message
        message.visit(&self)
        schema.messages[name] = fields
        fields = outer
        return name
    }

    private mutating func reach<E: WireEnum>(_: E.Type) -> String {
        let name = String(describing: E.self)
        schema.enumerations[name] = Dictionary(
            uniqueKeysWithValues: E.allCases.map { ($0.rawValue, $0.name.description) })
        return name
    }

    private mutating func field(
        _ number: Int, _ name: StaticString, _ kind: Schema.Field.Kind, isRepeated: Bool = false
    ) {
        fields.append(
            Schema.Field(number: number, name: name.description, kind: kind, isRepeated: isRepeated))
    }

    mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt64) {
        field(number, name, .uint64)
    }
    mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt32) {
        field(number, name, .uint32)
    }
    mutating func bool(_ number: Int, _ name: StaticString, _ value: inout Bool) {
        field(number, name, .bool)
    }
    mutating func double(_ number: Int, _ name: StaticString, _ value: inout Double) {
        field(number, name, .double)
    }
    mutating func string(_ number: Int, _ name: StaticString, _ value: inout String) {
        field(number, name, .string)
    }
    mutating func strings(_ number: Int, _ name: StaticString, _ value: inout [String]) {
        field(number, name, .string, isRepeated: true)
    }
    mutating func bytes(_ number: Int, _ name: StaticString, _ value: inout [UInt8]) {
        field(number, name, .bytes)
    }
    mutating func time(_ number: Int, _ name: StaticString, _ value: inout EventTime) {
        field(number, name, .uint64)
    }
    mutating func digest(_ number: Int, _ name: StaticString, _ value: inout Digest) {
        field(number, name, .bytes)
    }
    mutating func optionalDigest(_ number: Int, _ name: StaticString, _ value: inout Digest?) {
        field(number, name, .bytes)
    }
    mutating func digests(_ number: Int, _ name: StaticString, _ value: inout [Digest]) {
        field(number, name, .bytes, isRepeated: true)
    }
    mutating func identifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID) {
        field(number, name, .uint64)
    }
    mutating func optionalIdentifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID?) {
        field(number, name, .uint64)
    }
    mutating func identifiers<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout [ID]) {
        field(number, name, .uint64, isRepeated: true)
    }
    mutating func choice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E) {
        field(number, name, .enumeration(reach(E.self)))
    }
    mutating func optionalChoice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E?) {
        field(number, name, .enumeration(reach(E.self)))
    }
    mutating func choices<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout [E]) {
        field(number, name, .enumeration(reach(E.self)), isRepeated: true)
    }
    mutating func message<M: WireMessage>(_ number: Int, _ name: StaticString, _ value: inout M) {
        field(number, name, .message(reach(value)))
    }
    mutating func optionalMessage<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout M?
    ) {
        field(number, name, .message(reach(M())))
    }
    mutating func messages<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout [M]
    ) {
        field(number, name, .message(reach(M())), isRepeated: true)
    }
}
