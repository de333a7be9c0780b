import Foundation

/// Inputs for one run of a model, and the outputs that are right for them, if known.
public struct DataSet: Sendable, Equatable {
    public var name: String
    public var inputs: [Tensor]
    public var expected: [Tensor]?

    public init(name: String, inputs: [Tensor], expected: [Tensor]?) {
        self.name = name
        self.inputs = inputs
        self.expected = expected
    }
}

/// The inputs of a task on an ONNX model or a folder of kernels, as one payload: data sets and how their outputs are compared.
///
/// The file: the length of its header as little-endian uint32, the header in JSON, and the tensors' bytes. A tensor's
/// offset counts from the header's end; both are multiples of 8, so that a reader may use the elements in place.
public struct DataSetFile: Sendable, Equatable {
    public var dataSets: [DataSet]
    public var tolerance: Tolerance

    public init(dataSets: [DataSet], tolerance: Tolerance) {
        self.dataSets = dataSets
        self.tolerance = tolerance
    }

    private struct Header: Codable {
        var dataSets: [Entry]
        var rtol: Double
        var atol: Double
    }

    private struct Entry: Codable {
        var name: String
        var inputs: [Place]
        var outputs: [Place]?
    }

    private struct Place: Codable {
        var name: String
        var type: ElementType
        var dims: [Int]
        var offset: Int
        var bytes: Int
    }

    public func encoded() throws -> [UInt8] {
        var body: [UInt8] = []
        func place(_ tensor: Tensor) -> Place {
            body += [UInt8](repeating: 0, count: -body.count & 7)
            defer { body += tensor.bytes }
            return Place(
                name: tensor.name, type: tensor.type, dims: tensor.dims, offset: body.count,
                bytes: tensor.bytes.count)
        }
        let entries = dataSets.map { set in
            Entry(name: set.name, inputs: set.inputs.map(place), outputs: set.expected?.map(place))
        }
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        encoder.outputFormatting = [.sortedKeys]
        var header = [UInt8](
            try encoder.encode(Header(dataSets: entries, rtol: tolerance.relative, atol: tolerance.absolute)))
        header += [UInt8](repeating: UInt8(ascii: " "), count: -(header.count + 4) & 7)
        return withUnsafeBytes(of: UInt32(header.count).littleEndian, Array.init) + header + body
    }

    /// - Throws: `Malformed` when the bytes are not what `encoded` gives.
    public init(encoded file: [UInt8]) throws {
        guard file.count >= 4 else { throw Malformed() }
        let start = 4 + file[0..<4].reversed().reduce(0) { $0 << 8 | Int($1) }
        guard start <= file.count else { throw Malformed() }
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        let header = try decoder.decode(Header.self, from: Data(file[4..<start]))
        func tensor(_ place: Place) throws -> Tensor {
            guard place.offset >= 0, place.bytes >= 0, place.bytes <= file.count - start,
                place.offset <= file.count - start - place.bytes
            else { throw Malformed() }
            let bytes = Array(file[start + place.offset..<start + place.offset + place.bytes])
            guard
                let tensor = Tensor(checking: place.name, type: place.type, dims: place.dims, bytes: bytes)
            else { throw Malformed() }
            return tensor
        }
        dataSets = try header.dataSets.map { entry in
            DataSet(
                name: entry.name, inputs: try entry.inputs.map(tensor),
                expected: try entry.outputs?.map(tensor))
        }
        tolerance = Tolerance(relative: header.rtol, absolute: header.atol)
    }

    public struct Malformed: Error, CustomStringConvertible {
        public var description: String { "the task's inputs are no data sets" }
    }
}
