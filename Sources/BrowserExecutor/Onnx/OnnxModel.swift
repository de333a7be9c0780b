import Foundation
import Pool
import PoolEngine

/// An ONNX model on disk: a file, with the data sets of ONNX's test layout beside it if there are any.
public struct OnnxModel: Sendable, Equatable {
    /// The in-page runtime that runs such models.
    public static let runtime = "onnxruntime-web"
    /// The backends that the runtime has.
    public static let backends: [Backend] = [.webgpu, .webnn, .cpu]

    /// Absolute path of the file.
    public let path: String
    /// SHA-256 of the file.
    public let digest: Digest
    /// Size of the file in bytes.
    public let size: Int
    let graph: OnnxGraph

    /// Whether an argument is meant as a path of such a model and not as the name of a model.
    public static func isPath(_ argument: String) -> Bool {
        argument.contains("/") || argument.hasSuffix(".onnx") || argument == "." || argument == ".."
            || FileManager.default.fileExists(atPath: argument + "/model.onnx")
    }

    /// Reads a model.
    ///
    /// - Parameter path: the file, or a folder that holds it as `model.onnx`.
    public init(path: String) throws(OnnxError) {
        var file = URL(fileURLWithPath: path).standardizedFileURL.path
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), isFolder.boolValue {
            file += "/model.onnx"
        }
        guard let data = FileManager.default.contents(atPath: file) else { throw .unreadable(path: file) }
        let bytes = [UInt8](data)
        do {
            graph = try OnnxGraph(model: bytes[...])
        } catch {
            throw .malformed(path: file, reason: "\(error)")
        }
        self.path = file
        size = bytes.count
        digest = Digest(sha256: bytes)
    }

    /// The data sets beside the model: folders `test_data_set_N`, by number.
    public func dataSets() throws(OnnxError) -> [DataSet] {
        let folder = (path as NSString).deletingLastPathComponent
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        let numbers = names.compactMap { name in
            name.hasPrefix("test_data_set_") ? Int(name.dropFirst("test_data_set_".count)) : nil
        }
        var sets: [DataSet] = []
        for number in numbers.sorted() { sets.append(try dataSet(at: "\(folder)/test_data_set_\(number)")) }
        return sets
    }

    /// Reads a data set: a folder with `input_M.pb` and, if the right outputs are known, `output_M.pb`, M counting the
    /// graph's inputs and outputs from 0.
    public func dataSet(at folder: String) throws(OnnxError) -> DataSet {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: folder, isDirectory: &isFolder), isFolder.boolValue
        else { throw .unreadable(path: folder) }
        let inputs = try tensors("input", in: folder, for: graph.inputs)
        let outputs = try tensors("output", in: folder, for: graph.outputs)
        guard inputs.count == graph.inputs.count else {
            throw .malformed(
                path: folder,
                reason: "it has \(inputs.count) inputs; the model takes \(graph.inputs.count): "
                    + graph.inputs.map(\.name).joined(separator: ", "))
        }
        return DataSet(
            name: (folder as NSString).lastPathComponent, inputs: inputs,
            expected: outputs.isEmpty ? nil : outputs)
    }

    private func tensors(
        _ kind: String, in folder: String, for ports: [OnnxGraph.Port]
    ) throws(OnnxError) -> [Tensor] {
        var tensors: [Tensor] = []
        while FileManager.default.fileExists(atPath: "\(folder)/\(kind)_\(tensors.count).pb") {
            let path = "\(folder)/\(kind)_\(tensors.count).pb"
            guard tensors.count < ports.count else {
                throw .malformed(path: path, reason: "the model has only \(ports.count) \(kind)s")
            }
            let port = ports[tensors.count]
            guard port.isTensor else {
                throw .unsupported(path: path, reason: "\(kind) \"\(port.name)\" is no tensor")
            }
            guard let data = FileManager.default.contents(atPath: path) else {
                throw .unreadable(path: path)
            }
            do {
                var tensor = try Tensor(onnx: [UInt8](data)[...])
                tensor.name = port.name
                tensors.append(tensor)
            } catch let error as UnsupportedTensor {
                throw .unsupported(path: path, reason: error.reason)
            } catch {
                throw .malformed(path: path, reason: "\(error)")
            }
        }
        return tensors
    }
}

/// Why an ONNX model or its data cannot be used.
public enum OnnxError: Error, Sendable, Equatable, CustomStringConvertible {
    case unreadable(path: String)
    case malformed(path: String, reason: String)
    /// It is sound, but not among what Weir takes.
    case unsupported(path: String, reason: String)
    /// It is sound, but not what the model takes or gives.
    case unfit(path: String, reason: String)

    public var description: String {
        switch self {
        case .unreadable(let path): "\(path) cannot be read"
        case .malformed(let path, let reason): "\(path) is damaged or no file of its kind: \(reason)"
        case .unsupported(let path, let reason): "\(path) is not supported: \(reason)"
        case .unfit(let path, let reason): "\(path) does not fit the model: \(reason)"
        }
    }
}
