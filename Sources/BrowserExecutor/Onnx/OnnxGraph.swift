/// What Weir reads of a `ModelProto` (onnx.proto): the names of what goes in and comes out. The runtime reads the rest.
struct OnnxGraph: Sendable, Equatable {
    /// A value that is given to the graph or comes from it.
    struct Port: Sendable, Equatable {
        var name: String
        /// False for sequences, maps and optional values.
        var isTensor: Bool
        /// The number of the element type (onnx.proto, `TensorProto.DataType`); 0 when the file does not say.
        var typeNumber: UInt64 = 0
        /// Sizes, nil where one is left open; nil in all when the file does not say how many there are.
        var dims: [Int?]?

        /// Nil when the file does not say, or says one that Weir does not take.
        var type: ElementType? { ElementType.allCases.first { $0.onnxNumber == typeNumber } }
    }

    /// The inputs that must be given: those without a value of their own in the file.
    var inputs: [Port] = []
    var outputs: [Port] = []
    /// Operators of the nodes, in the file's order.
    var operators: [String] = []

    init(model: ArraySlice<UInt8>) throws {
        var graph: ArraySlice<UInt8>?
        try ProtobufReader.forEachField(of: model) { field, value, offset in
            if field == 7 { graph = try value.message(at: offset) }
        }
        guard let graph else {
            throw ProtobufReader.Malformed(offset: model.startIndex, reason: "it holds no graph")
        }
        var initialized: Set<String> = []
        try ProtobufReader.forEachField(of: graph) { field, value, offset in
            switch field {
            case 1: operators.append(try Self.name(4, of: value.message(at: offset)))
            case 5: initialized.insert(try Self.name(8, of: value.message(at: offset)))
            case 11: inputs.append(try Port(value.message(at: offset)))
            case 12: outputs.append(try Port(value.message(at: offset)))
            default: break
            }
        }
        inputs.removeAll { initialized.contains($0.name) }
        guard !operators.isEmpty || !outputs.isEmpty else {
            throw ProtobufReader.Malformed(offset: graph.startIndex, reason: "its graph is empty")
        }
    }

    private static func name(_ wanted: UInt64, of message: ArraySlice<UInt8>) throws -> String {
        var name = ""
        try ProtobufReader.forEachField(of: message) { field, value, offset in
            if field == wanted { name = try value.text(at: offset) }
        }
        return name
    }
}

extension OnnxGraph.Port {
    /// Reads a `ValueInfoProto`.
    init(_ message: ArraySlice<UInt8>) throws {
        self.init(name: "", isTensor: false)
        try ProtobufReader.forEachField(of: message) { field, value, offset in
            if field == 1 { name = try value.text(at: offset) }
            guard field == 2 else { return }
            try ProtobufReader.forEachField(of: value.message(at: offset)) { kind, value, offset in
                guard kind == 1 else { return }
                isTensor = true
                try readTensorType(value.message(at: offset))
            }
        }
    }

    /// Reads a `TypeProto.Tensor`.
    private mutating func readTensorType(_ message: ArraySlice<UInt8>) throws {
        try ProtobufReader.forEachField(of: message) { field, value, offset in
            if field == 1 { typeNumber = try value.varints(at: offset).last ?? 0 }
            guard field == 2 else { return }
            var sizes: [Int?] = []
            try ProtobufReader.forEachField(of: value.message(at: offset)) { field, value, offset in
                guard field == 1 else { return }
                var size: Int?
                try ProtobufReader.forEachField(of: value.message(at: offset)) { field, value, offset in
                    if field == 1, case .varint(let number) = value { size = Int(exactly: number) }
                }
                sizes.append(size)
            }
            dims = sizes
        }
    }
}
