import Foundation
import Pool
import PoolEngine

/// An in-page runtime that does not come with Weir, as it lies in the cache folder.
public struct RuntimeInstallation: Sendable, Equatable {
    /// Where the runtimes of a name lie: one folder for each version.
    static func folder(of name: String, in cache: String) -> String { "\(cache)/runtimes/\(name)" }

    public let name: String
    public let folder: String
    public let record: Record

    /// What `installed.json` says, which is written last: a folder without it is no installation.
    public struct Record: Codable, Sendable, Equatable {
        public var version: String
        public var script: File
        public var wasm: File
        /// Whether the files are those that this version of Weir pins.
        public var pinned: Bool
        /// Where they came from.
        public var source: String
    }

    public struct File: Codable, Sendable, Equatable {
        public var name: String
        public var bytes: Int
        /// SHA-256 in lower-case hexadecimal.
        public var sha256: String
    }

    static let recordName = "installed.json"

    init?(name: String, folder: String) {
        guard let data = FileManager.default.contents(atPath: "\(folder)/\(Self.recordName)"),
            let record = try? JSONDecoder().decode(Record.self, from: data),
            ![record.script.name, record.wasm.name].contains(where: { $0.contains("/") || $0.isEmpty })
        else { return nil }
        self.name = name
        self.folder = folder
        self.record = record
    }

    /// The installations of every version, the highest first.
    public static func all(of name: String, in catalog: ModelCatalog) -> [RuntimeInstallation] {
        let folder = folder(of: name, in: catalog.cacheFolder)
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        return
            versions
            .filter { !$0.hasPrefix(".") }
            .sorted { $0.compare($1, options: .numeric) == .orderedDescending }
            .compactMap { RuntimeInstallation(name: name, folder: "\(folder)/\($0)") }
    }

    /// Version and digest, as they stand in the provenance of a result.
    public var description: String { "\(name) \(record.version) (\(digest.description.prefix(12)))" }

    /// SHA-256 over the digests of both files, each in hexadecimal and followed by a newline.
    public var digest: Digest {
        Digest(sha256: Array("\(record.script.sha256)\n\(record.wasm.sha256)\n".utf8))
    }

    /// The runtime's ES module.
    public var scriptPath: String { "\(folder)/\(record.script.name)" }
    /// The runtime's WebAssembly.
    public var wasmPath: String { "\(folder)/\(record.wasm.name)" }

    /// Whether the files are those that were installed.
    public var isIntact: Bool {
        [record.script, record.wasm].allSatisfy { file in
            guard let data = FileManager.default.contents(atPath: "\(folder)/\(file.name)") else {
                return false
            }
            return Digest(sha256: [UInt8](data)).description == file.sha256
        }
    }
}
