import Foundation

/// An ONNX model, written node by node in the wire format of `onnx.proto3`, for operator set 17.
public struct OnnxGraph {
    private var nodes: [UInt8] = []
    private var initializers: [UInt8] = []
    private var names = 0

    /// An attribute of a node.
    public enum Attribute {
        case int(Int)
        case ints([Int])
        case float(Float)
    }

    public init() {}

    /// Adds a tensor of weights and gives its name.
    public mutating func weights(_ values: [Float], _ dims: [Int]) -> String {
        let bytes = values.withUnsafeBytes { [UInt8]($0) }
        return initializer(dims, type: 1, bytes)
    }

    /// Adds a tensor of int64, as shapes are, and gives its name.
    public mutating func shape(_ values: [Int]) -> String {
        initializer([values.count], type: 7, values.map(Int64.init).withUnsafeBytes { [UInt8]($0) })
    }

    private mutating func initializer(_ dims: [Int], type: UInt64, _ bytes: [UInt8]) -> String {
        let name = newName()
        let tensor =
            dims.flatMap { number(1, UInt64($0)) } + number(2, type) + text(8, name) + field(9, bytes)
        initializers += field(5, tensor)
        return name
    }

    /// Adds a node and gives the name of what it computes.
    public mutating func node(
        _ operation: String, _ inputs: [String], _ attributes: [(String, Attribute)] = [],
        named: String? = nil
    ) -> String {
        let output = named ?? newName()
        var node = inputs.flatMap { text(1, $0) } + text(2, output) + text(4, operation)
        for (name, attribute) in attributes {
            var encoded = text(1, name)
            switch attribute {
            case .float(let value): encoded += fixed32(2, value.bitPattern) + number(20, 1)
            case .int(let value): encoded += number(3, UInt64(bitPattern: Int64(value))) + number(20, 2)
            case .ints(let values):
                encoded += values.flatMap { number(8, UInt64(bitPattern: Int64($0))) } + number(20, 7)
            }
            node += field(5, encoded)
        }
        nodes += field(1, node)
        return output
    }

    /// The model: its input of int64, and its output of float32.
    public func model(input: (name: String, dims: [Int]), output: (name: String, dims: [Int])) -> [UInt8] {
        func port(_ name: String, _ type: UInt64, _ dims: [Int]) -> [UInt8] {
            let shape = dims.flatMap { field(1, number(1, UInt64($0))) }
            return text(1, name) + field(2, field(1, number(1, type) + field(2, shape)))
        }
        let graph =
            nodes + text(2, "encoder") + initializers + field(11, port(input.name, 7, input.dims))
            + field(12, port(output.name, 1, output.dims))
        return number(1, 8) + field(7, graph) + field(8, text(1, "") + number(2, 17))
    }

    private mutating func newName() -> String {
        names += 1
        return "t\(names)"
    }

    // MARK: Protobuf

    private func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7f) | 0x80] + varint(value >> 7)
    }

    private func number(_ field: UInt64, _ value: UInt64) -> [UInt8] { varint(field << 3) + varint(value) }

    private func field(_ field: UInt64, _ value: [UInt8]) -> [UInt8] {
        varint(field << 3 | 2) + varint(UInt64(value.count)) + value
    }

    private func text(_ field: UInt64, _ value: String) -> [UInt8] { self.field(field, Array(value.utf8)) }

    private func fixed32(_ field: UInt64, _ bits: UInt32) -> [UInt8] {
        varint(field << 3 | 5) + withUnsafeBytes(of: bits.littleEndian) { [UInt8]($0) }
    }
}
