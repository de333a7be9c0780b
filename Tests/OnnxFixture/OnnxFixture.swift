import Foundation

/// Small ONNX models and data sets, written by hand in the wire format, so that tests download nothing.
public enum OnnxFixture {
    /// A field of a protobuf message that holds a number.
    public static func number(_ field: UInt64, _ value: UInt64) -> [UInt8] {
        varint(field << 3) + varint(value)
    }

    /// A field that holds a message, a string or bytes.
    public static func bytes(_ field: UInt64, _ value: [UInt8]) -> [UInt8] {
        varint(field << 3 | 2) + varint(UInt64(value.count)) + value
    }

    static func text(_ field: UInt64, _ value: String) -> [UInt8] { bytes(field, Array(value.utf8)) }

    public static func varint(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7f) | 0x80] + varint(value >> 7)
    }

    /// The bytes of float32, little-endian.
    public static func raw(_ values: [Float]) -> [UInt8] {
        values.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian, Array.init) }
    }

    /// A `TensorProto` of float32 with its data raw.
    public static func tensor(_ name: String, _ dims: [Int], _ values: [Float]) -> [UInt8] {
        dims.flatMap { number(1, UInt64($0)) } + number(2, 1) + text(8, name) + bytes(9, raw(values))
    }

    /// A float32 input or output of a graph.
    public struct Port {
        var name: String
        var dims: [Int]

        public init(_ name: String, _ dims: [Int]) {
            self.name = name
            self.dims = dims
        }

        var encoded: [UInt8] {
            let shape = dims.flatMap { bytes(1, number(1, UInt64($0))) }
            return text(1, name) + bytes(2, bytes(1, number(1, 1) + bytes(2, shape)))
        }
    }

    /// An attribute of a node: an `AttributeProto` of integers, or of one.
    public static func attribute(_ name: String, _ value: [UInt64]) -> [UInt8] {
        let numbers = value.count == 1 ? number(3, value[0]) : value.flatMap { number(8, $0) }
        return bytes(5, text(1, name) + numbers + number(20, value.count == 1 ? 2 : 7))
    }

    /// A `ModelProto` of one node, for operator set 13.
    public static func model(
        _ operation: String, _ inputs: [Port], _ output: Port, attributes: [UInt8] = []
    ) -> [UInt8] {
        let node =
            inputs.flatMap { text(1, $0.name) } + text(2, output.name) + text(4, operation) + attributes
        let graph =
            bytes(1, node) + text(2, operation) + inputs.flatMap { bytes(11, $0.encoded) }
            + bytes(12, output.encoded)
        return number(1, 8) + bytes(7, graph) + bytes(8, text(1, "") + number(2, 13))
    }

    /// A folder in ONNX's test layout: a model of one node, and its one data set.
    public static func write(
        _ operation: String, inputs: [([Int], [Float])], output: ([Int], [Float]), attributes: [UInt8] = [],
        to folder: String
    ) throws {
        let ports = inputs.enumerated().map { Port("x\($0)", $1.0) }
        let files = FileManager.default
        let set = folder + "/test_data_set_0"
        try files.createDirectory(atPath: set, withIntermediateDirectories: true)
        func write(_ bytes: [UInt8], _ path: String) throws {
            try Data(bytes).write(to: URL(fileURLWithPath: path))
        }
        try write(
            model(operation, ports, Port("y", output.0), attributes: attributes), folder + "/model.onnx")
        for (index, (dims, values)) in inputs.enumerated() {
            try write(tensor("x\(index)", dims, values), set + "/input_\(index).pb")
        }
        try write(tensor("y", output.0, output.1), set + "/output_0.pb")
    }
}
