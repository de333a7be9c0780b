/// The part of the Protocol Buffers wire format that exports use: varints and length-delimited fields.
struct ProtobufWriter {
    private(set) var bytes: [UInt8] = []

    /// A number; left out if it is 0, as in proto3.
    mutating func number(_ field: Int, _ value: UInt64) {
        guard value != 0 else { return }
        varint(UInt64(field) << 3)
        varint(value)
    }

    /// Bytes; left out if there are none.
    mutating func data(_ field: Int, _ value: some Collection<UInt8>) {
        guard !value.isEmpty else { return }
        element(field, value)
    }

    /// One element of a repeated field, or a message that is there though it may be empty.
    mutating func element(_ field: Int, _ value: some Collection<UInt8>) {
        varint(UInt64(field) << 3 | 2)
        varint(UInt64(value.count))
        bytes.append(contentsOf: value)
    }

    mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }
}

/// Reads what ``ProtobufWriter`` writes, field by field.
struct ProtobufReader {
    private var rest: ArraySlice<UInt8>

    enum Value {
        case number(UInt64)
        case data(ArraySlice<UInt8>)
    }

    init(_ bytes: ArraySlice<UInt8>) {
        rest = bytes
    }

    /// The next field; nil at the end.
    mutating func next() throws(RecordCoding.Damage) -> (field: Int, value: Value)? {
        guard !rest.isEmpty else { return nil }
        let tag = try varint()
        switch tag & 7 {
        case 0: return (Int(truncatingIfNeeded: tag >> 3), .number(try varint()))
        case 2:
            let count = try varint()
            guard count <= UInt64(rest.count) else { throw RecordCoding.Damage("it ends within a field") }
            defer { rest = rest.dropFirst(Int(count)) }
            return (Int(truncatingIfNeeded: tag >> 3), .data(rest.prefix(Int(count))))
        default: throw RecordCoding.Damage("it has a field of an unknown kind")
        }
    }

    private mutating func varint() throws(RecordCoding.Damage) -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while let byte = rest.popFirst() {
            guard shift < 63 || shift == 63 && byte <= 1 else {
                throw RecordCoding.Damage("it has a number that is too large")
            }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        throw RecordCoding.Damage("it ends within a number")
    }
}
