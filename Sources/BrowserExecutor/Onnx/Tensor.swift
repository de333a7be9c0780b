/// What the elements of a tensor are; raw values are the names that ONNX Runtime Web gives them.
public enum ElementType: String, Sendable, Codable, CaseIterable {
    case float16, float32, float64
    case int8, uint8, int16, uint16, int32, uint32, int64, uint64
    case bool
    case string

    /// Bytes of one element; of a string, the least that it has.
    public var size: Int {
        switch self {
        case .bool, .int8, .uint8: 1
        case .float16, .int16, .uint16: 2
        case .float32, .int32, .uint32, .string: 4
        case .float64, .int64, .uint64: 8
        }
    }

    /// The number that ONNX gives to it (onnx.proto, `TensorProto.DataType`).
    public var onnxNumber: UInt64 {
        switch self {
        case .float32: 1
        case .uint8: 2
        case .int8: 3
        case .uint16: 4
        case .int16: 5
        case .int32: 6
        case .int64: 7
        case .string: 8
        case .bool: 9
        case .float16: 10
        case .float64: 11
        case .uint32: 12
        case .uint64: 13
        }
    }
}

/// A tensor: elements packed little-endian, the last dimension varying fastest. A string is its length in bytes as
/// uint32, and its UTF-8.
public struct Tensor: Sendable, Equatable {
    public var name: String
    public var type: ElementType
    /// Sizes; none for a scalar.
    public var dims: [Int]
    /// As many as the dimensions say.
    public var bytes: [UInt8]

    public init(name: String, type: ElementType, dims: [Int], bytes: [UInt8]) {
        self.name = name
        self.type = type
        self.dims = dims
        self.bytes = bytes
    }

    /// Nil when the bytes are not the elements that the dimensions ask for.
    init?(checking name: String, type: ElementType, dims: [Int], bytes: [UInt8]) {
        self.init(name: name, type: type, dims: dims, bytes: bytes)
        guard let count = Self.elementCount(dims, of: type) else { return nil }
        guard type == .string ? strings?.count == count : bytes.count == count * type.size else { return nil }
    }

    init(name: String, dims: [Int], strings: [String]) {
        self.init(name: name, type: .string, dims: dims, bytes: strings.flatMap(Self.packed))
    }

    /// A string as it stands among a tensor's bytes.
    static func packed(_ string: String) -> [UInt8] {
        withUnsafeBytes(of: UInt32(string.utf8.count).littleEndian, Array.init) + string.utf8
    }

    /// Most bytes of one tensor.
    static let byteLimit = 256 << 20

    /// Number of elements that the dimensions ask for; nil when they are negative or beyond the limit.
    static func elementCount(_ dims: [Int], of type: ElementType) -> Int? {
        var count = 1
        for size in dims {
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard size >= 0, !overflow, product <= byteLimit / type.size else { return nil }
            count = product
        }
        return count
    }

    var elementCount: Int { Self.elementCount(dims, of: type) ?? 0 }

    /// The elements of a tensor of strings; nil when the bytes hold none or are malformed.
    var strings: [String]? {
        guard type == .string else { return nil }
        var strings: [String] = []
        var rest = bytes[...]
        while !rest.isEmpty {
            guard rest.count >= 4 else { return nil }
            let length = rest.prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
            rest = rest.dropFirst(4)
            guard length <= rest.count, let text = String(validating: rest.prefix(length), as: UTF8.self)
            else { return nil }
            strings.append(text)
            rest = rest.dropFirst(length)
        }
        return strings
    }

    /// The elements as numbers, strings as none; 64-bit integers beyond 2⁵³ are rounded.
    var values: [Double] {
        bytes.withUnsafeBytes { buffer in
            func read<Element>(_ element: Element.Type, _ convert: (Element) -> Double) -> [Double] {
                stride(from: 0, to: buffer.count, by: MemoryLayout<Element>.size).map {
                    convert(buffer.loadUnaligned(fromByteOffset: $0, as: Element.self))
                }
            }
            return switch type {
            case .float16: read(UInt16.self) { Double(Float16(bitPattern: UInt16(littleEndian: $0))) }
            case .float32: read(UInt32.self) { Double(Float(bitPattern: UInt32(littleEndian: $0))) }
            case .float64: read(UInt64.self) { Double(bitPattern: UInt64(littleEndian: $0)) }
            case .int8: read(Int8.self) { Double($0) }
            case .uint8, .bool: read(UInt8.self) { Double($0) }
            case .int16: read(Int16.self) { Double(Int16(littleEndian: $0)) }
            case .uint16: read(UInt16.self) { Double(UInt16(littleEndian: $0)) }
            case .int32: read(Int32.self) { Double(Int32(littleEndian: $0)) }
            case .uint32: read(UInt32.self) { Double(UInt32(littleEndian: $0)) }
            case .int64: read(Int64.self) { Double(Int64(littleEndian: $0)) }
            case .uint64: read(UInt64.self) { Double(UInt64(littleEndian: $0)) }
            case .string: []
            }
        }
    }

    /// The position of an element, one index for each dimension.
    func index(ofElement element: Int) -> [Int] {
        var rest = element
        var index: [Int] = []
        for size in dims.reversed() {
            index.append(rest % size)
            rest /= size
        }
        return index.reversed()
    }
}
