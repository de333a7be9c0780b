import BrowserExecutor
import ChromePipe
import Foundation
import Measuring
import Synchronization

/// A page of a benchmark: files that it can fetch, whole or as `?part=N`, and functions to call.
public final class BenchmarkPage: Sendable {
    private let session: PageSession
    private let files: Files

    /// Size of every part of a file but the last, in bytes.
    public static let partBytes = 8 << 20

    private final class Files: Sendable {
        private let folders: [String]
        private let known: Mutex<[String: [UInt8]]>

        init(folders: [String], known: [String: [UInt8]]) {
            self.folders = folders
            self.known = Mutex(known)
        }

        func add(_ bytes: [UInt8], at path: String) { known.withLock { $0[path] = bytes } }

        func serve(_ request: RequestedResource) -> ServedResource? {
            let path = request.path == "/" ? "/index.html" : request.path
            let body =
                known.withLock { $0[path] }
                ?? folders.lazy.compactMap { FileManager.default.contents(atPath: $0 + path) }.first
                .map { [UInt8]($0) }
            guard let body else { return nil }
            let query = URLComponents(string: request.url)?.queryItems?.first { $0.name == "part" }?.value
            guard let part = query.flatMap({ Int($0) }) else {
                let isScript = path.hasSuffix(".js")
                let type = isScript ? "text/javascript" : path.hasSuffix(".html") ? "text/html" : "text/plain"
                return try? ServedResource(body: body, contentType: type)
            }
            let start = min(body.count, part * BenchmarkPage.partBytes)
            return try? .bytes(Array(body[start..<min(body.count, start + BenchmarkPage.partBytes)]))
        }
    }

    /// Opens a page.
    ///
    /// - Parameters:
    ///   - name: the host's name of its virtual origin: pages of one name share a process.
    ///   - folders: where files are looked for that were not added.
    ///   - files: by path, `/index.html` for the document.
    public init(
        in chrome: Chrome, named name: String, folders: [String] = [], files: [String: [UInt8]] = [:]
    ) async throws {
        let files = Files(folders: folders, known: files)
        self.files = files
        session = try await chrome.openPage(origin: "https://\(name).invalid/") { files.serve($0) }
    }

    /// Opens a page that holds the in-page runtime `wgsl`.
    public static func wgsl(in chrome: Chrome) async throws -> BenchmarkPage {
        try await BenchmarkPage(
            in: chrome, named: "wgsl",
            folders: [InPageRuntime.folder(of: "wgsl"), InPageRuntime.sharedFolder])
    }

    public func add(_ bytes: [UInt8], at path: String) { files.add(bytes, at: path) }

    /// Evaluates an expression and decodes the value of its promise.
    public func evaluate<Value: Decodable>(
        _ expression: String, as type: Value.Type = Value.self, deadline: Duration = .seconds(300)
    ) async throws -> Value {
        try await session.evaluate(expression, deadline: deadline).decode(Value.self)
    }

    /// Calls a function of the contract of in-page runtimes.
    public func call<Answer: Decodable>(
        _ function: String, _ request: [String: Any], as type: Answer.Type = Answer.self
    ) async throws -> Answer {
        let json = String(decoding: try JSONSerialization.data(withJSONObject: request), as: UTF8.self)
        let raw = try await session.evaluate("weir.\(function)(\(json))", deadline: .seconds(300))
        if let fault = raw.member("error") { throw BenchmarkError("\(function): \(fault)") }
        return try raw.decode(Answer.self)
    }

    // MARK: The runtime `wgsl`

    public struct Loaded: Decodable, Sendable {
        /// The variant of the kernels.
        public var variant: String
    }

    /// Loads a model on the runtime `wgsl`.
    public func load(_ model: ModelPackage) async throws -> Loaded {
        let weights = try Data(
            contentsOf: URL(fileURLWithPath: model.folder + "/" + model.manifest.weights.file))
        add(model.manifestBytes, at: "/\(model.digest)/model.json")
        add([UInt8](weights), at: "/\(model.digest)/weights")
        return try await call(
            "load",
            [
                "model": [
                    "name": model.name, "digest": model.digest.description,
                    "manifestURL": "/\(model.digest)/model.json", "weightsURL": "/\(model.digest)/weights",
                    "weightsBytes": model.manifest.weights.bytes,
                    "weightsDigest": model.manifest.weights.sha256, "partBytes": Self.partBytes,
                ] as [String: Any]
            ])
    }

    /// Gives inputs to the runtime `wgsl`, under an id.
    public func give(_ bytes: [UInt8], count: Int, id: String) async throws {
        struct Given: Decodable {}
        add(bytes, at: "/inputs/\(id)")
        _ = try await call(
            "inputs",
            [
                "id": id, "url": "/inputs/\(id)", "bytes": bytes.count, "count": count,
                "partBytes": Self.partBytes,
            ], as: Given.self)
    }
}
