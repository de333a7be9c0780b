import Foundation
import Pool
import PoolEngine

/// A package of PyPI as one wheel whose exact bytes are known.
struct PinnedWheel: Sendable, Equatable {
    var package: String
    var version: String
    /// SHA-256 in lower-case hexadecimal.
    var sha256: String

    private var requirement: String { "\(package)==\(version)" }

    /// Fetches the wheel, does something with its files, and lets go of it. Where that fails, what has been fetched
    /// stays, also when the process is killed meanwhile, and the next attempt goes on from there.
    ///
    /// - Parameters:
    ///   - cache: Weir's cache folder; the wheel lies in `fetching` there meanwhile.
    ///   - environment: For pip, in the place of this process's own.
    ///   - progress: Called from this thread.
    ///   - isDone: Asked once no other process fetches the same wheel any more: whether there is nothing to do.
    ///   - use: Is given the wheel.
    /// - Returns: What `use` gave; nil if there was nothing to do.
    func fetch<Result>(
        cache: String, environment: [String: String]? = nil, progress: (FetchProgress) -> Void,
        unless isDone: () -> Bool = { false }, use: (Wheel) throws -> Result
    ) throws -> Result? {
        let folder = cache + "/fetching"
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        } catch {
            throw FetchError.unwritable(path: folder, reason: "\(error)")
        }
        let file = "\(folder)/\(sha256).whl"
        let lock = try FileLock(file + ".lock") { progress(.waiting) }
        defer { withExtendedLifetime(lock) {} }
        if isDone() { return nil }
        try download(to: file, environment, progress)
        try FileDigest.check(file, sha256: sha256)
        let result = try use(Wheel(path: file))
        try? FileManager.default.removeItem(atPath: file)
        return result
    }

    private func download(
        to file: String, _ environment: [String: String]?, _ progress: (FetchProgress) -> Void
    ) throws {
        let script = Resources.root + "/fetch/fetch-wheel.py"
        let ended = try Tool.run(
            "python3", [script, package, version, sha256, file], environment: environment
        ) { line in
            if let happened = FetchProgress(line: line) { progress(happened) }
        }
        switch ended.status {
        case 0: return
        case 3, Tool.notFound: throw FetchError.pipMissing
        case 4: return try downloadWhole(to: file, environment)
        default: break
        }
        let said = ended.lastLine.split(separator: " ", maxSplits: 1).map(String.init)
        switch said.first {
        case "mismatch" where said.count == 2:
            throw FetchError.otherContents(file: requirement, expected: sha256, actual: said[1])
        case "failed" where said.count == 2:
            throw FetchError.notDownloaded(package: requirement, reason: said[1])
        default: throw FetchError.notDownloaded(package: requirement, reason: ended.lastLine)
        }
    }

    /// With a pip whose insides are not known: its own command, which shows its own progress and does not resume.
    private func downloadWhole(to file: String, _ environment: [String: String]?) throws {
        let folder = file + ".pip"
        try? FileManager.default.removeItem(atPath: folder)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let pip = try Tool.run(
            "python3",
            [
                "-m", "pip", "download", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:",
                "--dest", folder, requirement,
            ],
            isShown: true, environment: environment)
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        guard pip.status == 0, let name = files.first(where: { $0.hasSuffix(".whl") }) else {
            throw FetchError.notDownloaded(package: requirement, reason: "see above")
        }
        try? FileManager.default.removeItem(atPath: file)
        try FileManager.default.moveItem(atPath: "\(folder)/\(name)", toPath: file)
    }
}

/// A wheel on disk, whose digest has been checked.
struct Wheel {
    let path: String

    /// Unpacks it into a folder.
    func unpack(into folder: String) throws {
        let unpacking = try Tool.run("python3", ["-m", "zipfile", "-e", path, folder])
        guard unpacking.status == 0 else {
            throw FetchError.unwritable(path: folder, reason: unpacking.lastLine)
        }
    }
}

/// Digests of files on disk.
enum FileDigest {
    static func sha256(of path: String) throws -> String {
        Digest(sha256: [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))).description
    }

    /// - Throws: `FetchError.otherContents` unless the file is there with that digest.
    static func check(_ path: String, sha256 expected: String) throws(FetchError) {
        let actual = try? sha256(of: path)
        guard actual == expected else {
            throw .otherContents(
                file: (path as NSString).lastPathComponent, expected: expected, actual: actual ?? "none")
        }
    }
}

/// Why something could not be fetched.
public enum FetchError: Error, Sendable, Equatable, CustomStringConvertible {
    /// python3 or its module pip is not installed.
    case pipMissing
    case notDownloaded(package: String, reason: String)
    /// A file is not the one that is known; digests are SHA-256 in lower-case hexadecimal. Nothing of it stays.
    case otherContents(file: String, expected: String, actual: String)
    case unwritable(path: String, reason: String)

    public var description: String {
        switch self {
        case .pipMissing:
            "python3 with pip is needed to fetch it and was not found; install it (apt-get install python3-pip), or "
                + "give what is on disk with --from DIR"
        case .notDownloaded(let package, let reason):
            "\(package) could not be fetched: \(reason); what was fetched of it is kept, and the same command goes on"
        case .otherContents(let file, let expected, let actual):
            "\(file) has the SHA-256 \(actual), not the known \(expected); nothing was added"
        case .unwritable(let path, let reason): "\(path) cannot be written: \(reason)"
        }
    }
}
