/// Reads the fields of a protobuf message one after the other (Protocol Buffers, "Encoding"). It knows no schema: the
/// few fields that Weir needs of ONNX's messages are picked by their numbers, and all others skipped.
struct ProtobufReader {
    /// A field's value, by its wire type.
    enum Value {
        case varint(UInt64)
        case fixed32(UInt32)
        case fixed64(UInt64)
        /// A string, bytes, a message, or packed numbers.
        case bytes(ArraySlice<UInt8>)
    }

    struct Malformed: Error, Equatable, CustomStringConvertible {
        /// Position in the file.
        let offset: Int
        let reason: String
        var description: String { "byte \(offset): \(reason)" }
    }

    private let bytes: ArraySlice<UInt8>
    private var at: Int

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
        at = bytes.startIndex
    }

    var isAtEnd: Bool { at == bytes.endIndex }

    /// The next field; nil at the end of the message.
    mutating func next() throws(Malformed) -> (field: UInt64, value: Value)? {
        guard !isAtEnd else { return nil }
        let start = at
        let tag = try varint()
        guard tag >> 3 > 0, tag >> 3 < 1 << 29 else {
            throw Malformed(offset: start, reason: "\(tag >> 3) is no field number")
        }
        switch tag & 7 {
        case 0: return (tag >> 3, .varint(try varint()))
        case 1: return (tag >> 3, .fixed64(try fixed64()))
        case 2:
            let length = try varint()
            guard length <= UInt64(bytes.endIndex - at) else {
                throw Malformed(offset: start, reason: "a field of \(length) bytes ends beyond its message")
            }
            defer { at += Int(length) }
            return (tag >> 3, .bytes(bytes[at..<at + Int(length)]))
        case 5: return (tag >> 3, .fixed32(try fixed32()))
        default: throw Malformed(offset: start, reason: "wire type \(tag & 7) is not in use")
        }
    }

    mutating func varint() throws(Malformed) -> UInt64 {
        let start = at
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 70, by: 7) {
            guard at < bytes.endIndex else { break }
            let byte = bytes[at]
            at += 1
            guard shift < 63 || byte <= 1 else { break }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
        }
        throw Malformed(offset: start, reason: "a number is cut off or longer than 64 bits")
    }

    mutating func fixed32() throws(Malformed) -> UInt32 { UInt32(truncatingIfNeeded: try fixed(4)) }

    mutating func fixed64() throws(Malformed) -> UInt64 { try fixed(8) }

    private mutating func fixed(_ count: Int) throws(Malformed) -> UInt64 {
        guard bytes.endIndex - at >= count else {
            throw Malformed(offset: at, reason: "a number of \(count) bytes is cut off")
        }
        defer { at += count }
        return bytes[at..<at + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

extension ProtobufReader.Value {
    /// The integers of a repeated field, packed or alone.
    func varints(at offset: Int) throws(ProtobufReader.Malformed) -> [UInt64] {
        switch self {
        case .varint(let value): return [value]
        case .bytes(let packed):
            var reader = ProtobufReader(packed)
            var values: [UInt64] = []
            while !reader.isAtEnd { values.append(try reader.varint()) }
            return values
        default: throw .init(offset: offset, reason: "integers are expected")
        }
    }

    /// The bytes of numbers of 4 or 8 bytes each, packed or alone: they lie in the file as in memory.
    func fixed(size: Int, at offset: Int) throws(ProtobufReader.Malformed) -> [UInt8] {
        switch self {
        case .fixed32(let value) where size == 4: return withUnsafeBytes(of: value.littleEndian, Array.init)
        case .fixed64(let value) where size == 8: return withUnsafeBytes(of: value.littleEndian, Array.init)
        case .bytes(let packed) where packed.count % size == 0: return Array(packed)
        default: throw .init(offset: offset, reason: "numbers of \(size) bytes are expected")
        }
    }

    func message(at offset: Int) throws(ProtobufReader.Malformed) -> ArraySlice<UInt8> {
        guard case .bytes(let bytes) = self else {
            throw .init(offset: offset, reason: "a message is expected")
        }
        return bytes
    }

    func text(at offset: Int) throws(ProtobufReader.Malformed) -> String {
        guard let text = String(validating: try message(at: offset), as: UTF8.self) else {
            throw .init(offset: offset, reason: "a name is not UTF-8")
        }
        return text
    }
}

extension ProtobufReader {
    /// Calls back for every field with its number and value, and where in the file it begins.
    static func forEachField(
        of message: ArraySlice<UInt8>, _ visit: (UInt64, Value, Int) throws -> Void
    ) throws {
        var reader = ProtobufReader(message)
        var offset = reader.at
        while let (field, value) = try reader.next() {
            try visit(field, value, offset)
            offset = reader.at
        }
    }
}
