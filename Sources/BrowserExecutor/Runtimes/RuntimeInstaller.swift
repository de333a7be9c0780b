import Foundation
import Pool
import PoolEngine

/// Brings a runtime into the cache folder: all of it or nothing.
public struct RuntimeInstaller {
    let pin: RuntimePin
    let cache: String
    let progress: (FetchProgress) -> Void

    /// - Parameter progress: What happens while the runtime is fetched; called from the thread that installs.
    public init(
        _ pin: RuntimePin, into catalog: ModelCatalog, progress: @escaping (FetchProgress) -> Void
    ) {
        self.pin = pin
        cache = catalog.cacheFolder
        self.progress = progress
    }

    public enum Outcome: Sendable, Equatable {
        case installed(RuntimeInstallation)
        /// It was there, unharmed.
        case present(RuntimeInstallation)
    }

    private struct Found {
        var script: String
        var wasm: String
        var version: String?
    }

    /// Installs the pinned version from PyPI. A fetch that was broken off is continued.
    public func installPinned() throws -> Outcome {
        if let present = pinned { return .present(present) }
        let installed = try pin.wheel.fetch(
            cache: cache, progress: progress, unless: { pinned != nil }, use: { try install($0) })
        if let installed { return installed }
        guard let present = pinned else {
            throw RuntimeInstallError.unusable(path: cache, reason: "another process removed the runtime")
        }
        return .present(present)
    }

    private func install(_ wheel: Wheel) throws -> Outcome {
        try inScratch { scratch in
            let unpacked = scratch + "/unpacked"
            try wheel.unpack(into: unpacked)
            let found = try find(in: unpacked, origin: unpacked)
            let source = "PyPI, \(pin.wheel.package) \(pin.wheel.version)"
            return try install(found, source: source, mustBePinned: true, scratch: scratch)
        }
    }

    /// The pinned version, if it is there unharmed.
    private var pinned: RuntimeInstallation? {
        let folder = "\(RuntimeInstallation.folder(of: pin.name, in: cache))/\(pin.version)"
        let present = RuntimeInstallation(name: pin.name, folder: folder)
        return present?.isIntact == true ? present : nil
    }

    /// Installs from a wheel, an npm tarball, or a folder. What is not the pinned version is taken as it is, and its
    /// digests recorded.
    public func install(from path: String) throws -> Outcome {
        try inScratch { scratch in
            let found = try find(in: try unpack(path, into: scratch + "/unpacked"), origin: path)
            return try install(found, source: path, mustBePinned: false, scratch: scratch)
        }
    }

    private func install(
        _ found: Found, source: String, mustBePinned: Bool, scratch: String
    ) throws -> Outcome {
        let staged = scratch + "/staged"
        try FileManager.default.createDirectory(atPath: staged, withIntermediateDirectories: true)
        let script = try copy(found.script, to: staged, as: "ort.js")
        let wasm = try copy(found.wasm, to: staged, as: "ort.wasm")
        for (file, expected) in [(script, pin.scriptSHA256), (wasm, pin.wasmSHA256)] where mustBePinned {
            guard file.sha256 == expected else {
                throw FetchError.otherContents(file: file.name, expected: expected, actual: file.sha256)
            }
        }
        let isPinned = script.sha256 == pin.scriptSHA256 && wasm.sha256 == pin.wasmSHA256
        let version = isPinned ? pin.version : found.version ?? "unknown-\(script.sha256.prefix(12))"
        guard version.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9.+_-]{0,99}/) != nil else {
            throw RuntimeInstallError.unusable(
                path: source, reason: "its version \"\(version)\" cannot name a folder")
        }
        let record = RuntimeInstallation.Record(
            version: version, script: script, wasm: wasm, pinned: isPinned, source: source)
        let folder = "\(RuntimeInstallation.folder(of: pin.name, in: cache))/\(version)"
        if let present = RuntimeInstallation(name: pin.name, folder: folder), present.isIntact,
            present.record.script == script, present.record.wasm == wasm
        {
            return .present(present)
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        try encoder.encode(record).write(
            to: URL(fileURLWithPath: "\(staged)/\(RuntimeInstallation.recordName)"))
        // What is there is damaged or another build of the same version.
        if FileManager.default.fileExists(atPath: folder) {
            try FileManager.default.removeItem(atPath: folder)
        }
        try FileManager.default.moveItem(atPath: staged, toPath: folder)
        guard let installed = RuntimeInstallation(name: pin.name, folder: folder) else {
            throw RuntimeInstallError.unusable(path: folder, reason: "what was written cannot be read")
        }
        return .installed(installed)
    }

    /// A folder beside the installations, so that moving one there is atomic.
    private func inScratch<Result>(_ body: (String) throws -> Result) throws -> Result {
        let folder = RuntimeInstallation.folder(of: pin.name, in: cache)
        let staging = try StagingFolder(beside: "\(folder)/\(pin.version)")
        defer { staging.remove() }
        return try body(staging.path)
    }

    // MARK: Sources

    /// The folder with an archive's files, or the folder that was given.
    private func unpack(_ path: String, into folder: String) throws -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw RuntimeInstallError.unusable(path: path, reason: "there is no such file or folder")
        }
        if isFolder.boolValue { return path }
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let unpacked =
            switch (path as NSString).pathExtension {
            case "whl", "zip": try Tool.run("python3", ["-m", "zipfile", "-e", path, folder])
            case "tgz", "gz": try Tool.run("tar", ["-xzf", path, "-C", folder])
            default:
                throw RuntimeInstallError.unusable(
                    path: path, reason: "a wheel (.whl), an npm tarball (.tgz) or a folder is needed")
            }
        if unpacked.status == Tool.notFound { throw FetchError.pipMissing }
        guard unpacked.status == 0 else {
            throw RuntimeInstallError.unusable(path: path, reason: unpacked.lastLine)
        }
        return folder
    }

    private func find(in folder: String, origin: String) throws -> Found {
        let paths =
            FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }.sorted() ?? []
        func only(_ what: String, _ matches: (String) -> Bool) throws -> String {
            let found = paths.filter { matches(($0 as NSString).lastPathComponent) }
            guard found.count == 1 else {
                let reason = found.isEmpty ? "holds no \(what)" : "holds several: \(found)"
                throw RuntimeInstallError.unusable(path: origin, reason: reason)
            }
            return folder + "/" + found[0]
        }
        struct Package: Decodable {
            var name: String
            var version: String
        }
        let package = paths.filter { ($0 as NSString).lastPathComponent == "package.json" }
            .compactMap { FileManager.default.contents(atPath: folder + "/" + $0) }
            .compactMap { try? JSONDecoder().decode(Package.self, from: $0) }
            .first { $0.name == pin.name }
        return Found(
            script: try only("ort.bundle.min.mjs", RuntimePin.isScript),
            wasm: try only("ort-wasm-simd-threaded.jsep.wasm", RuntimePin.isWasm), version: package?.version)
    }

    private func copy(_ path: String, to folder: String, as name: String) throws -> RuntimeInstallation.File {
        try FileManager.default.copyItem(atPath: path, toPath: "\(folder)/\(name)")
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        return .init(name: name, bytes: size ?? 0, sha256: try FileDigest.sha256(of: "\(folder)/\(name)"))
    }
}

/// Why a runtime was not installed.
public enum RuntimeInstallError: Error, Sendable, Equatable, CustomStringConvertible {
    case unusable(path: String, reason: String)

    public var description: String {
        switch self {
        case .unusable(let path, let reason): "\(path): \(reason)"
        }
    }
}
