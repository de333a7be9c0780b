import Pool

/// What came of one data set, as it is recorded.
struct DataSetResult {
    var dataset: String
    /// Nil when nothing is expected of it.
    var matched: Bool?
    var maxAbsDiff: Double?
    /// Compute nodes by the backend that ran them, of a model that has nodes.
    var nodes: [String: Int]?
    /// Given when nothing is expected of it.
    var outputs: [Tensor]?

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("dataset")
            writer.quoted(dataset)
            if let matched, let maxAbsDiff {
                writer.key("matched")
                writer.raw("\(matched)")
                writer.key("max_abs_diff")
                writer.raw(Self.number(maxAbsDiff))
            }
            if let nodes {
                writer.key("nodes")
                writer.raw(Self.json(nodes))
            }
            if let outputs {
                writer.key("outputs")
                writer.raw("[" + outputs.map(Self.json).joined(separator: ",") + "]")
            }
        }
        return writer.string
    }

    private static func json(_ tensor: Tensor) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("name")
            writer.quoted(tensor.name)
            writer.key("type")
            writer.quoted(tensor.type.rawValue)
            writer.key("dims")
            writer.raw("[" + tensor.dims.map(String.init).joined(separator: ",") + "]")
            writer.key("data")
            let values =
                switch tensor.type {
                // Beyond 2⁵³ a double is not the number itself.
                case .int64: tensor.integers.map { "\(Int64(bitPattern: $0))" }
                case .uint64: tensor.integers.map { "\($0)" }
                case .string: (tensor.strings ?? []).map(quoted)
                default: tensor.values.map(number)
                }
            writer.raw("[" + values.joined(separator: ",") + "]")
        }
        return writer.string
    }

    static func json(_ nodes: [String: Int]) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            for (backend, count) in nodes.sorted(by: { $0.key < $1.key }) {
                writer.key(backend)
                writer.raw("\(count)")
            }
        }
        return writer.string
    }

    static func quoted(_ text: String) -> String {
        var writer = JSONWriter()
        writer.quoted(text)
        return writer.string
    }

    /// JSON has no word for what is no number or beyond all numbers: those are strings.
    static func number(_ value: Double) -> String {
        guard value.isFinite else {
            return value.isNaN ? "\"NaN\"" : value > 0 ? "\"Infinity\"" : "\"-Infinity\""
        }
        return value == value.rounded() && abs(value) < 1e15 ? "\(Int64(value))" : "\(value)"
    }
}

extension Tensor {
    /// The bits of 64-bit integers.
    fileprivate var integers: [UInt64] {
        bytes.withUnsafeBytes { buffer in
            stride(from: 0, to: buffer.count, by: 8).map {
                UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: $0, as: UInt64.self))
            }
        }
    }
}
