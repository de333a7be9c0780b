import Foundation

/// Reads a tensor from JSON: nested arrays, a lone value for a scalar, or `{"data": [...], "dims": [...]}` with the
/// elements in one row. JSON does not say what the elements are; the model does.
///
/// Numbers that are none are strings, as Weir writes them: `"NaN"`, `"Infinity"`, `"-Infinity"`.
indirect enum TensorJSON: Decodable {
    case number(Double)
    /// An integer that a double would round.
    case large(Int128)
    case string(String)
    case bool(Bool)
    case array([TensorJSON])
    case object([String: TensorJSON])
    case null

    struct Malformed: Error, Equatable, CustomStringConvertible {
        let reason: String
        var description: String { reason }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
            // Beyond 2⁵³ a double is not the number itself.
            guard abs(value) >= 9_007_199_254_740_992 else { return }
            if let exact = try? container.decode(Int64.self) {
                self = .large(Int128(exact))
            } else if let exact = try? container.decode(UInt64.self) {
                self = .large(Int128(exact))
            }
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode([TensorJSON].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: TensorJSON].self))
        }
    }

    /// The tensor that the value is.
    ///
    /// - Parameter type: What the model takes or gives under this name.
    func tensor(named name: String, of type: ElementType) throws(Malformed) -> Tensor {
        var (elements, dims): ([TensorJSON], [Int]) = ([], [])
        if case .object(let members) = self {
            (elements, dims) = try Self.flat(members, of: type)
        } else {
            try collect(into: &elements, &dims, depth: 0, at: "")
        }
        if type == .string {
            let strings = try elements.map { (element) throws(Malformed) in
                guard case .string(let string) = element else { throw element.refusal(type) }
                return string
            }
            guard let count = Tensor.elementCount(dims, of: type), count == strings.count else {
                throw Malformed(reason: "\(dims) are not the dimensions of \(strings.count) elements")
            }
            return Tensor(name: name, dims: dims, strings: strings)
        }
        var bytes: [UInt8] = []
        for element in elements { bytes += try element.bytes(type) }
        guard let tensor = Tensor(checking: name, type: type, dims: dims, bytes: bytes) else {
            throw Malformed(reason: "\(dims) are not the dimensions of \(elements.count) elements")
        }
        return tensor
    }

    private static func flat(
        _ members: [String: TensorJSON], of type: ElementType
    ) throws(Malformed) -> ([TensorJSON], [Int]) {
        for key in members.keys.sorted() where !["data", "dims", "type"].contains(key) {
            throw Malformed(reason: "it has the member \"\(key)\"; known are data, dims, and type")
        }
        guard case .array(let data)? = members["data"], case .array(let sizes)? = members["dims"] else {
            throw Malformed(reason: "an object needs data and dims, both arrays")
        }
        if case .string(let own)? = members["type"], own != type.rawValue {
            throw Malformed(reason: "its type is \(own); the model has \(type.rawValue) there")
        }
        let dims = try sizes.map { (size) throws(Malformed) in
            guard case .number(let number) = size, let size = Int(exactly: number), size >= 0 else {
                throw Malformed(reason: "dims must be whole numbers from 0 on, not \(size.text)")
            }
            return size
        }
        return (data, dims)
    }

    /// Collects the elements of nested arrays, all of one depth and one length at each depth.
    private func collect(
        into elements: inout [TensorJSON], _ dims: inout [Int], depth: Int, at path: String
    ) throws(Malformed) {
        guard case .array(let values) = self else {
            // The first element has fixed how deep the arrays are.
            guard depth == dims.count || elements.isEmpty else {
                throw Malformed(reason: "\(path) is \(text), but an array stands beside it")
            }
            elements.append(self)
            return
        }
        if depth == dims.count {
            guard elements.isEmpty else {
                throw Malformed(reason: "\(path) is an array, but a value stands beside it")
            }
            dims.append(values.count)
        }
        guard dims[depth] == values.count else {
            throw Malformed(
                reason: "\(path.isEmpty ? "it" : path) has \(values.count) elements, others beside it "
                    + "have \(dims[depth])")
        }
        for (index, value) in values.enumerated() {
            try value.collect(into: &elements, &dims, depth: depth + 1, at: "\(path)[\(index)]")
        }
    }

    // MARK: Elements

    private func bytes(_ type: ElementType) throws(Malformed) -> [UInt8] {
        switch type {
        case .float16: little(Float16(try real(type)).bitPattern)
        case .float32: little(Float(try real(type)).bitPattern)
        case .float64: little(try real(type).bitPattern)
        case .int8: little(try integer(Int8.self, type))
        case .uint8: little(try integer(UInt8.self, type))
        case .int16: little(try integer(Int16.self, type))
        case .uint16: little(try integer(UInt16.self, type))
        case .int32: little(try integer(Int32.self, type))
        case .uint32: little(try integer(UInt32.self, type))
        case .int64: little(try integer(Int64.self, type))
        case .uint64: little(try integer(UInt64.self, type))
        case .bool:
            if case .bool(let value) = self { [value ? 1 : 0] } else { throw refusal(type) }
        case .string: throw refusal(type)
        }
    }

    private func little(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian, Array.init)
    }

    private func real(_ type: ElementType) throws(Malformed) -> Double {
        switch self {
        case .number(let value): return value
        case .large(let value): return Double(value)
        case .string("NaN"): return .nan
        case .string("Infinity"): return .infinity
        case .string("-Infinity"): return -.infinity
        default: throw refusal(type)
        }
    }

    private func integer<Value: FixedWidthInteger>(
        _ kind: Value.Type, _ type: ElementType
    ) throws(Malformed) -> Value {
        let value: Value? =
            switch self {
            case .number(let number): Value(exactly: number)
            case .large(let number): Value(exactly: number)
            default: nil
            }
        guard let value else { throw refusal(type) }
        return value
    }

    private func refusal(_ type: ElementType) -> Malformed {
        Malformed(reason: "\(text) is no \(type.rawValue), which the model has there")
    }

    /// The value in a few characters.
    private var text: String {
        switch self {
        case .number(let value): Int64(exactly: value).map { "\($0)" } ?? "\(value)"
        case .large(let value): "\(value)"
        case .string(let value): "\"\(value.prefix(40))\""
        case .bool(let value): "\(value)"
        case .array: "an array"
        case .object: "an object"
        case .null: "null"
        }
    }
}
