extension Tensor {
    /// Reads a `TensorProto` (onnx.proto), as the `.pb` files of ONNX's test layout hold one.
    ///
    /// - Throws: `ProtobufReader.Malformed`, or `UnsupportedTensor` for what Weir does not take: types that
    ///   ONNX Runtime Web has no tensors of, and data that lies in another file.
    init(onnx message: ArraySlice<UInt8>) throws {
        var name = ""
        var dims: [Int] = []
        var dataType: UInt64 = 0
        var raw: [UInt8]?
        var fields: [UInt64: [ProtobufReader.Value]] = [:]
        try ProtobufReader.forEachField(of: message) { field, value, offset in
            switch field {
            case 1: dims += try value.varints(at: offset).map { Int(truncatingIfNeeded: $0) }
            case 2: dataType = try value.varints(at: offset).last ?? 0
            case 4, 5, 6, 7, 10, 11: fields[field, default: []].append(value)
            case 8: name = try value.text(at: offset)
            case 9: raw = Array(try value.message(at: offset))
            case 3: throw UnsupportedTensor(reason: "it is a segment of a larger tensor")
            case 14 where try value.varints(at: offset).last == 1:
                throw UnsupportedTensor(reason: "its data lies in another file")
            default: break
            }
        }
        guard let type = ElementType.allCases.first(where: { $0.onnxNumber == dataType }) else {
            let known = ElementType.allCases.map(\.rawValue).joined(separator: ", ")
            throw UnsupportedTensor(
                reason: "its data type is \(Self.name(ofType: dataType)); taken are \(known)")
        }
        let start = message.startIndex
        guard let count = Self.elementCount(dims, of: type) else {
            throw ProtobufReader.Malformed(offset: start, reason: "\(dims) are no dimensions of a tensor")
        }
        if type == .string {
            let strings = try (fields[6] ?? []).map { try $0.text(at: start) }
            guard strings.count == count else {
                throw ProtobufReader.Malformed(
                    offset: start,
                    reason: "dimensions \(dims) need \(count) strings, \(strings.count) are there")
            }
            self.init(name: name, dims: dims, strings: strings)
            return
        }
        let bytes = try raw ?? Self.typedData(fields, of: type, at: start)
        guard bytes.count == count * type.size else {
            throw ProtobufReader.Malformed(
                offset: start,
                reason: "dimensions \(dims) need \(count * type.size) bytes of \(type.rawValue), "
                    + "\(bytes.count) are there")
        }
        if type == .bool, let bad = bytes.first(where: { $0 > 1 }) {
            throw ProtobufReader.Malformed(offset: start, reason: "\(bad) is no truth value")
        }
        self.init(name: name, type: type, dims: dims, bytes: bytes)
    }

    /// A data type that Weir does not take, as onnx.proto calls it where it is in use.
    static func name(ofType number: UInt64) -> String {
        switch number {
        case 14: "complex64"
        case 15: "complex128"
        case 16: "bfloat16"
        case 17...20: "float8"
        case 21: "uint4"
        case 22: "int4"
        default: "number \(number)"
        }
    }

    /// The data of a tensor that does not hold it raw: which field has it depends on its type (onnx.proto).
    private static func typedData(
        _ fields: [UInt64: [ProtobufReader.Value]], of type: ElementType, at offset: Int
    ) throws -> [UInt8] {
        switch type {
        case .float32: return try (fields[4] ?? []).flatMap { try $0.fixed(size: 4, at: offset) }
        case .float64: return try (fields[10] ?? []).flatMap { try $0.fixed(size: 8, at: offset) }
        default:
            let field: UInt64 =
                switch type {
                case .int64: 7
                case .uint64, .uint32: 11
                default: 5
                }
            var bytes: [UInt8] = []
            for value in fields[field] ?? [] {
                for number in try value.varints(at: offset) {
                    withUnsafeBytes(of: number.littleEndian) { bytes += $0.prefix(type.size) }
                }
            }
            return bytes
        }
    }
}

/// A tensor that is sound and that Weir does not take.
struct UnsupportedTensor: Error, Equatable {
    let reason: String
}
