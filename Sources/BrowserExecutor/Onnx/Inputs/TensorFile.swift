import Foundation

/// A file that holds tensors for a model: an array of NumPy (`.npy`), an archive of them (`.npz`), or JSON.
struct TensorFile {
    let path: String

    /// The kinds of files that are taken, by their extensions.
    private static let extensions = ["npy", "npz", "json"]

    /// - Throws: `OnnxError` when the extension is none that is known.
    init(path: String) throws(OnnxError) {
        self.path = path
        guard Self.extensions.contains(Self.kind(of: path)) else {
            throw .unsupported(
                path: path,
                reason: "inputs are folders of input_M.pb, or .npy, .npz and .json files")
        }
    }

    private static func kind(of path: String) -> String { (path as NSString).pathExtension.lowercased() }

    /// The tensors of some inputs or outputs.
    ///
    /// A `.npy` has no names: it is the tensor of the only port. In the others each tensor has the name of its port.
    func tensors(for ports: [OnnxGraph.Port]) throws(OnnxError) -> [Tensor] {
        guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(path: path) }
        let bytes = [UInt8](data)
        var tensors: [Tensor] = []
        switch Self.kind(of: path) {
        case "npy": tensors = [try array(bytes, for: ports)]
        case "npz": tensors = try members(of: bytes, for: ports)
        default: tensors = try values(in: data, for: ports)
        }
        for tensor in tensors {
            guard let port = ports.first(where: { $0.name == tensor.name }) else { continue }
            try ensure(tensor, fits: port)
        }
        return tensors
    }

    private func array(_ bytes: [UInt8], for ports: [OnnxGraph.Port]) throws(OnnxError) -> Tensor {
        guard ports.count == 1, let port = ports.first else {
            throw .unfit(
                path: path,
                reason: "it holds one array without a name, but the model has \(ports.count) there: "
                    + "\(Self.list(ports)); use an .npz or .json file that names them")
        }
        do {
            return try NumpyArray.tensor(named: port.name, bytes)
        } catch {
            throw .malformed(path: path, reason: error.reason)
        }
    }

    private func members(of bytes: [UInt8], for ports: [OnnxGraph.Port]) throws(OnnxError) -> [Tensor] {
        let archive: ZipArchive
        do {
            archive = try ZipArchive(bytes)
        } catch {
            throw .malformed(path: path, reason: error.reason)
        }
        var tensors: [Tensor] = []
        for member in archive.members {
            let name = member.name.hasSuffix(".npy") ? String(member.name.dropLast(4)) : member.name
            try ensureKnown(name, among: ports, and: tensors)
            do {
                tensors.append(try NumpyArray.tensor(named: name, archive.content(of: member)))
            } catch {
                throw .malformed(path: path, reason: "member \"\(member.name)\": \(error)")
            }
        }
        return tensors
    }

    private func values(in data: Data, for ports: [OnnxGraph.Port]) throws(OnnxError) -> [Tensor] {
        let value: TensorJSON
        do {
            value = try JSONDecoder().decode(TensorJSON.self, from: data)
        } catch {
            throw .malformed(path: path, reason: "it is not valid JSON: it is cut off, or \(error)")
        }
        guard case .object(let members) = value else {
            throw .unfit(
                path: path, reason: "a JSON object with a member for each of \(Self.list(ports)) is needed")
        }
        var tensors: [Tensor] = []
        for (name, value) in members.sorted(by: { $0.key < $1.key }) {
            let port = try ensureKnown(name, among: ports, and: tensors)
            guard let type = port.type else {
                throw .unsupported(path: path, reason: "\"\(name)\" is \(Self.words(for: port)) in the model")
            }
            do {
                tensors.append(try value.tensor(named: name, of: type))
            } catch {
                throw .malformed(path: path, reason: "member \"\(name)\": \(error.reason)")
            }
        }
        return tensors
    }

    @discardableResult
    private func ensureKnown(
        _ name: String, among ports: [OnnxGraph.Port], and tensors: [Tensor]
    ) throws(OnnxError) -> OnnxGraph.Port {
        guard let port = ports.first(where: { $0.name == name }) else {
            throw .unfit(path: path, reason: "the model has no \"\(name)\"; it has \(Self.list(ports))")
        }
        guard !tensors.contains(where: { $0.name == name }) else {
            throw .malformed(path: path, reason: "it has the member \"\(name)\" twice")
        }
        return port
    }

    /// Refuses what the runtime would refuse later, in words that name the file.
    private func ensure(_ tensor: Tensor, fits port: OnnxGraph.Port) throws(OnnxError) {
        guard port.isTensor, port.typeNumber == 0 || port.type == tensor.type else {
            throw .unfit(
                path: path,
                reason:
                    "\"\(port.name)\" is \(tensor.type.rawValue); the model has \(Self.words(for: port)) there"
            )
        }
        guard let dims = port.dims else { return }
        let fits =
            dims.count == tensor.dims.count
            && zip(dims, tensor.dims).allSatisfy { wanted, size in wanted == nil || wanted == size }
        guard fits else {
            let wanted = dims.map { $0.map(String.init) ?? "any" }.joined(separator: ", ")
            throw .unfit(
                path: path,
                reason: "\"\(port.name)\" has the dimensions \(tensor.dims); the model has [\(wanted)] there")
        }
    }

    private static func words(for port: OnnxGraph.Port) -> String {
        guard port.isTensor else { return "no tensor" }
        return port.type?.rawValue
            ?? (port.typeNumber == 0 ? "no type" : Tensor.name(ofType: port.typeNumber))
    }

    static func list(_ ports: [OnnxGraph.Port]) -> String { ports.map(\.name).joined(separator: ", ") }
}

extension OnnxModel {
    /// Reads a data set: a folder in ONNX's test layout, or a file of tensors.
    ///
    /// - Parameter expected: A file with the right outputs. Without it, the right outputs are those that the file
    ///   itself holds under the names of the model's outputs.
    public func dataSet(at path: String, expected: String?) throws(OnnxError) -> DataSet {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw .unreadable(path: path)
        }
        var set: DataSet
        if isFolder.boolValue {
            set = try dataSet(at: path)
        } else {
            let isNamed = (path as NSString).pathExtension.lowercased() != "npy"
            let given = try TensorFile(path: path)
                .tensors(for: isNamed ? graph.inputs + graph.outputs : graph.inputs)
            set = DataSet(
                name: (path as NSString).lastPathComponent,
                inputs: try complete(given, graph.inputs, of: path),
                expected: try outputs(among: given, of: path))
        }
        if let expected {
            let given = try TensorFile(path: expected).tensors(for: graph.outputs)
            set.expected = try outputs(among: given, of: expected)
        }
        return set
    }

    /// The expected outputs in the model's order; nil when there are none.
    private func outputs(among given: [Tensor], of path: String) throws(OnnxError) -> [Tensor]? {
        guard given.contains(where: { tensor in graph.outputs.contains { $0.name == tensor.name } }) else {
            return nil
        }
        return try complete(given, graph.outputs, of: path)
    }

    private func complete(
        _ given: [Tensor], _ ports: [OnnxGraph.Port], of path: String
    ) throws(OnnxError) -> [Tensor] {
        var tensors: [Tensor] = []
        for port in ports {
            guard let tensor = given.first(where: { $0.name == port.name }) else {
                throw .unfit(
                    path: path, reason: "\"\(port.name)\" is missing; the model has \(TensorFile.list(ports))"
                )
            }
            tensors.append(tensor)
        }
        return tensors
    }
}
