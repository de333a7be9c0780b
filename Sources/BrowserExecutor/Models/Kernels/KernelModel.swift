import Foundation
import Pool
import PoolEngine

/// A folder of WGSL kernels with the manifest that says how they are run.
public struct KernelModel: Sendable, Equatable {
    /// The in-page runtime that runs such models.
    public static let runtime = "wgsl"
    /// Most bytes of the inputs of one item, and of its outputs: a result is one message of the browser's pipe.
    static let itemLimit = 32 << 20

    /// Absolute path.
    public let folder: String
    let manifest: KernelManifest
    /// The canonical manifest, of which `digest` is the SHA-256. It names the digest of every file, so one digest
    /// stands for the whole model.
    let manifestBytes: [UInt8]
    public let digest: Digest
    public let family: ModelFamily

    public var name: String { manifest.name }
    /// How outputs are compared with references, as the manifest says.
    public var tolerance: Tolerance { manifest.tolerance }

    /// Whether an argument names such a folder and not a model or something else.
    public static func isFolder(_ argument: String) -> Bool {
        let files = FileManager.default
        return files.fileExists(atPath: argument + "/model.json")
            && !files.fileExists(atPath: argument + "/model.onnx")
    }

    /// Reads and checks a folder, and takes the digest of every file that its manifest names.
    public init(folder: String) throws(KernelError) {
        let folder = URL(fileURLWithPath: folder).standardizedFileURL.path
        manifest = try KernelManifestReader(folder: folder).manifest()
        self.folder = folder
        do {
            manifestBytes = try manifest.canonicalBytes()
        } catch {
            throw .malformed(path: folder, reason: "\(error)")
        }
        digest = Digest(sha256: manifestBytes)
        guard let family = ModelFamily(name: manifest.family) else {
            throw .malformed(path: folder, reason: "its family is \(manifest.family)")
        }
        self.family = family
    }

    // MARK: Data sets

    /// The references of the manifest.
    public func dataSets() throws(KernelError) -> [DataSet] {
        var sets: [DataSet] = []
        for reference in manifest.references {
            sets.append(
                DataSet(
                    name: reference.name, inputs: try tensors(manifest.inputs, reference.inputs),
                    expected: try reference.outputs.map { contents throws(KernelError) in
                        try tensors(manifest.outputs, contents)
                    }))
        }
        return sets
    }

    private func tensors(
        _ names: [String], _ contents: [String: KernelManifest.Contents]
    ) throws(KernelError) -> [Tensor] {
        var tensors: [Tensor] = []
        for name in names {
            guard let tensor = manifest.tensors[name], let contents = contents[name] else { continue }
            switch contents {
            case .literal(let bytes): tensors.append(tensor.tensor(named: name, bytes))
            case .file(let file):
                let path = folder + "/" + file.file
                guard let data = FileManager.default.contents(atPath: path) else {
                    throw .unreadable(path: path)
                }
                guard data.count == tensor.byteCount else {
                    throw .malformed(path: path, reason: "it has changed")
                }
                tensors.append(tensor.tensor(named: name, [UInt8](data)))
            }
        }
        return tensors
    }

    /// Reads the inputs of one item from a file, of which nothing is expected.
    ///
    /// - Parameter path: A `.json` file with an object of numbers in lists by the inputs' names, or with a list where
    ///   there is one input; any other file has the little-endian elements of all inputs, one after the other.
    public func dataSet(inputs path: String) throws(KernelError) -> DataSet {
        guard let data = FileManager.default.contents(atPath: path) else { throw .unreadable(path: path) }
        let ports = manifest.inputs.compactMap { name in manifest.tensors[name].map { (name, $0) } }
        var inputs: [Tensor] = []
        if (path as NSString).pathExtension.lowercased() == "json" {
            let root: JSONField
            do throws(MalformedJSON) {
                root = JSONField(try JSONValue(json: data), file: path)
            } catch {
                throw .malformed(path: path, reason: "it is not valid JSON: \(error)")
            }
            if root.isObject || ports.count != 1 { try root.allowOnly(manifest.inputs) }
            for (name, tensor) in ports {
                let field = root.isObject ? root[name] : root
                let allowed = "\(tensor.elementCount) numbers of \(tensor.type.rawValue), in lists"
                let numbers = try field.numbers(allowed)
                guard numbers.count == tensor.elementCount, let bytes = tensor.type.bytes(of: numbers) else {
                    throw field.refusal(allowed)
                }
                inputs.append(tensor.tensor(named: name, bytes))
            }
        } else {
            let wanted = ports.reduce(0) { $0 + $1.1.byteCount }
            guard data.count == wanted else {
                let described = ports.map { "\($0) \($1.type.rawValue) \($1.shape)" }
                throw .malformed(
                    path: path,
                    reason: "it has \(data.count) bytes; the inputs have \(wanted): "
                        + described.joined(separator: ", "))
            }
            var rest = [UInt8](data)[...]
            for (name, tensor) in ports {
                inputs.append(tensor.tensor(named: name, Array(rest.prefix(tensor.byteCount))))
                rest = rest.dropFirst(tensor.byteCount)
            }
        }
        return DataSet(name: (path as NSString).lastPathComponent, inputs: inputs, expected: nil)
    }
}
