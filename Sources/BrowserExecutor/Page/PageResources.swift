import ChromePipe
import Foundation
import Pool
import Synchronization

/// What a page can ask of its virtual origin: the runtime's files, and those that runtimes share, at `/`, each module with
/// all that it imports; models at `/models/DIGEST/`, inputs at `/inputs/DIGEST`; large files in parts by `?part=N`.
final class PageResources: Sendable {
    /// Size of every part but the last, in bytes.
    static let partBytes = 8 << 20

    private let runtimeFolder: String
    private let registered = Mutex<[String: Entry]>([:])

    private struct Entry: Sendable {
        var source: Source
        /// How many are giving it to the page at this moment; only counted for inputs.
        var users = 0
        /// Bytes of it that the page was given, as often as it was.
        var servedBytes = 0
    }

    private enum Source: Sendable {
        case bytes([UInt8])
        case file(String)
    }

    init(runtimeFolder: String) {
        self.runtimeFolder = runtimeFolder
    }

    static func manifestPath(_ model: Digest) -> String { "/models/\(model)/model.json" }
    static func weightsPath(_ model: Digest) -> String { "/models/\(model)/weights" }
    static func inputsPath(_ inputs: Digest) -> String { "/inputs/\(inputs)" }

    /// Where the files of models that are served by their digests lie, by SHA-256 in hexadecimal.
    static let filesPath = "/files"
    static func filePath(_ sha256: String) -> String { "\(filesPath)/\(sha256)" }

    func add(_ model: ModelPackage) {
        add(bytes: model.manifestBytes, at: Self.manifestPath(model.digest))
        add(file: model.weightsPath, at: Self.weightsPath(model.digest))
    }

    /// Serves bytes.
    func add(bytes: [UInt8], at path: String) {
        registered.withLock { $0[path, default: Entry(source: .bytes(bytes))].source = .bytes(bytes) }
    }

    /// Serves a file of the disk.
    func add(file: String, at path: String) {
        registered.withLock { $0[path, default: Entry(source: .file(file))].source = .file(file) }
    }

    /// Serves the files of an installed runtime at `/runtime/`, once they have been found to be those that were
    /// installed; false if they are not.
    func addRuntime(_ runtime: RuntimeInstallation) -> Bool {
        if registered.withLock({ $0["/runtime/ort.wasm"] }) != nil { return true }
        guard runtime.isIntact else { return false }
        add(file: runtime.scriptPath, at: "/runtime/ort.js")
        add(file: runtime.wasmPath, at: "/runtime/ort.wasm")
        return true
    }

    /// Holds inputs until `removeInputs` has been called as often: the page keeps its own copy, and those of every
    /// task that a browser has run would add up.
    func add(inputs: [UInt8], digest: Digest) {
        registered.withLock { $0[Self.inputsPath(digest), default: Entry(source: .bytes(inputs))].users += 1 }
    }

    func removeInputs(_ digest: Digest) {
        registered.withLock { registered in
            let path = Self.inputsPath(digest)
            guard let users = registered[path]?.users, users > 1 else {
                registered[path] = nil
                return
            }
            registered[path]?.users = users - 1
        }
    }

    /// Bytes that the page was given of what is registered at a path.
    func servedBytes(of path: String) -> Int { registered.withLock { $0[path]?.servedBytes ?? 0 } }

    func serve(_ request: RequestedResource) -> ServedResource? {
        if let source = registered.withLock({ $0[request.path]?.source }) {
            let part = part(of: source, request)
            registered.withLock { $0[request.path]?.servedBytes += part?.body.count ?? 0 }
            return part
        }
        let name = request.path == "/" ? "index.html" : String(request.path.dropFirst())
        guard !name.split(separator: "/").contains("..") else { return nil }
        let bundled = name.hasSuffix(".js") ? ModuleBundle.served(name, from: runtimeFolder) : nil
        guard let body = bundled ?? Self.runtimeFile(name, in: runtimeFolder).map({ [UInt8]($0) }) else {
            return nil
        }
        return try? ServedResource(body: body, contentType: Self.contentType(of: name))
    }

    /// A file of a runtime's folder, or of what runtimes share.
    static func runtimeFile(_ name: String, in runtimeFolder: String) -> Data? {
        FileManager.default.contents(atPath: runtimeFolder + "/" + name)
            ?? FileManager.default.contents(atPath: Resources.runtime("shared") + "/" + name)
    }

    private func part(of source: Source, _ request: RequestedResource) -> ServedResource? {
        let query = URLComponents(string: request.url)?.queryItems?.first { $0.name == "part" }?.value
        guard let number = UInt32(query ?? "0") else { return nil }
        let offset = Int(number) * Self.partBytes
        switch source {
        case .bytes(let bytes):
            guard offset <= bytes.count else { return nil }
            return try? .bytes(Array(bytes[offset..<min(bytes.count, offset + Self.partBytes)]))
        case .file(let path):
            guard let file = FileHandle(forReadingAtPath: path) else { return nil }
            defer { try? file.close() }
            guard (try? file.seek(toOffset: UInt64(offset))) != nil,
                let data = try? file.read(upToCount: Self.partBytes)
            else { return nil }
            if path.hasSuffix(".js") {
                return try? ServedResource(body: [UInt8](data), contentType: Self.contentType(of: path))
            }
            return try? .bytes([UInt8](data))
        }
    }

    private static func contentType(of name: String) -> String {
        switch (name as NSString).pathExtension {
        case "html": "text/html; charset=utf-8"
        case "js": "text/javascript; charset=utf-8"
        case "json": "application/json"
        default: "text/plain; charset=utf-8"
        }
    }
}
