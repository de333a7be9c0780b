/// Encodes messages in the proto3 wire format (Protocol Buffers encoding specification): fields in ascending order,
/// zero values left out, repeated numbers packed. These are the canonical bytes of a message.
public struct WireWriter: FieldVisitor {
    public static var isReadOnly: Bool { true }

    public private(set) var encoded: [UInt8]

    public init(reservingCapacity capacity: Int = 256) {
        encoded = []
        encoded.reserveCapacity(capacity)
    }

    public mutating func append<M: WireMessage>(_ message: M) {
        var message = message
        message.visit(&self)
    }

    @inline(__always)
    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            encoded.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        encoded.append(UInt8(truncatingIfNeeded: rest))
    }

    @inline(__always)
    mutating func tag(_ number: Int, _ type: WireType) {
        varint(UInt64(number) << 3 | UInt64(type.rawValue))
    }

    /// Writes what `body` writes, preceded by its length. The length is not known before, so the bytes move up when
    /// it needs more than the one byte that most messages need.
    @inline(__always)
    mutating func delimited(_ number: Int, _ body: (inout Self) -> Void) {
        tag(number, .lengthDelimited)
        let start = encoded.count
        encoded.append(0)
        body(&self)
        let length = encoded.count - start - 1
        if length < 0x80 {
            encoded[start] = UInt8(length)
            return
        }
        var prefix: [UInt8] = []
        var rest = UInt64(length)
        while rest >= 0x80 {
            prefix.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        prefix.append(UInt8(rest))
        encoded.replaceSubrange(start...start, with: prefix)
    }

    @inline(__always)
    mutating func blob(_ number: Int, _ value: [UInt8]) {
        tag(number, .lengthDelimited)
        varint(UInt64(value.count))
        encoded.append(contentsOf: value)
    }

    public mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt64) {
        guard value != 0 else { return }
        tag(number, .varint)
        varint(value)
    }

    public mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt32) {
        guard value != 0 else { return }
        tag(number, .varint)
        varint(UInt64(value))
    }

    public mutating func bool(_ number: Int, _ name: StaticString, _ value: inout Bool) {
        guard value else { return }
        tag(number, .varint)
        varint(1)
    }

    public mutating func double(_ number: Int, _ name: StaticString, _ value: inout Double) {
        guard value.bitPattern != 0 else { return }
        tag(number, .fixed64)
        withUnsafeBytes(of: value.bitPattern.littleEndian) { encoded.append(contentsOf: $0) }
    }

    public mutating func string(_ number: Int, _ name: StaticString, _ value: inout String) {
        guard !value.isEmpty else { return }
        text(number, &value)
    }

    public mutating func strings(_ number: Int, _ name: StaticString, _ value: inout [String]) {
        for index in value.indices { text(number, &value[index]) }
    }

    private mutating func text(_ number: Int, _ value: inout String) {
        tag(number, .lengthDelimited)
        value.withUTF8 { utf8 in
            varint(UInt64(utf8.count))
            encoded.append(contentsOf: utf8)
        }
    }

    public mutating func bytes(_ number: Int, _ name: StaticString, _ value: inout [UInt8]) {
        guard !value.isEmpty else { return }
        blob(number, value)
    }

    public mutating func time(_ number: Int, _ name: StaticString, _ value: inout EventTime) {
        guard value.nanoseconds != 0 else { return }
        tag(number, .varint)
        varint(value.nanoseconds)
    }

    public mutating func digest(_ number: Int, _ name: StaticString, _ value: inout Digest) {
        tag(number, .lengthDelimited)
        varint(UInt64(Digest.byteCount))
        value.withBytes { encoded.append(contentsOf: $0) }
    }

    public mutating func optionalDigest(_ number: Int, _ name: StaticString, _ value: inout Digest?) {
        guard var present = value else { return }
        digest(number, name, &present)
    }

    public mutating func digests(_ number: Int, _ name: StaticString, _ value: inout [Digest]) {
        for index in value.indices { digest(number, name, &value[index]) }
    }

    public mutating func identifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID) {
        var sequence = value.sequence
        uint(number, name, &sequence)
    }

    public mutating func optionalIdentifier<ID: EntityID>(
        _ number: Int, _ name: StaticString, _ value: inout ID?
    ) {
        guard var present = value else { return }
        identifier(number, name, &present)
    }

    public mutating func identifiers<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout [ID]) {
        guard !value.isEmpty else { return }
        let ids = value
        delimited(number) { writer in
            for id in ids { writer.varint(id.sequence) }
        }
    }

    public mutating func choice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E) {
        var raw = value.rawValue
        uint(number, name, &raw)
    }

    public mutating func optionalChoice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E?) {
        guard var present = value else { return }
        choice(number, name, &present)
    }

    public mutating func choices<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout [E]) {
        guard !value.isEmpty else { return }
        let cases = value
        delimited(number) { writer in
            for one in cases { writer.varint(UInt64(one.rawValue)) }
        }
    }

    public mutating func message<M: WireMessage>(_ number: Int, _ name: StaticString, _ value: inout M) {
        delimited(number) { value.visit(&$0) }
    }

    public mutating func optionalMessage<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout M?
    ) {
        guard var present = value else { return }
        message(number, name, &present)
    }

    public mutating func messages<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout [M]
    ) {
        for index in value.indices { message(number, name, &value[index]) }
    }
}

/// How a field's value is delimited on the wire (Protocol Buffers encoding specification, "Message Structure").
enum WireType: UInt8 {
    case varint = 0
    case fixed64 = 1
    case lengthDelimited = 2
    case fixed32 = 5
}
