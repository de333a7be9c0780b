import Foundation
import Pool
import PoolEngine

/// A tree of folders in ONNX's test layout, as the inputs of one task: item i is the folder i.
///
/// Only the list travels with the task, with a digest of every file: the files themselves are read when their item
/// runs, and a task that is resumed notices when one is not the same any more.
public struct OnnxSuite: Sendable, Equatable, Codable {
    /// Absolute path of the tree.
    public var root: String
    /// In the order of their names.
    public var cases: [Case]
    public var tolerance: Tolerance
    /// What is known to go otherwise than it should.
    public var expectations: SuiteExpectations

    /// A folder with a model and its data sets.
    public struct Case: Sendable, Equatable, Codable {
        /// Path of the folder below the root; `.` for the root itself.
        public var name: String
        /// The model first, then the data sets' files by path.
        public var files: [File]
    }

    public struct File: Sendable, Equatable, Codable {
        /// Path below the case's folder.
        public var path: String
        /// SHA-256 in lower-case hexadecimal.
        public var sha256: String
    }

    /// Finds the cases of a tree: every folder that holds a `model.onnx`.
    public init(
        root path: String, tolerance: Tolerance, expectations: SuiteExpectations = SuiteExpectations()
    ) throws(OnnxError) {
        root = URL(fileURLWithPath: path).standardizedFileURL.path
        self.tolerance = tolerance
        self.expectations = expectations
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: root, isDirectory: &isFolder), isFolder.boolValue,
            let all = FileManager.default.enumerator(atPath: root)
        else { throw .unreadable(path: root) }
        var names: [String] = []
        for case let path as String in all where (path as NSString).lastPathComponent == "model.onnx" {
            let folder = (path as NSString).deletingLastPathComponent
            names.append(folder.isEmpty ? "." : folder)
        }
        cases = []
        for name in names.sorted() { cases.append(try Self.listed(name, in: root)) }
    }

    private static func listed(_ name: String, in root: String) throws(OnnxError) -> Case {
        let folder = root + "/" + name
        let files = FileManager.default
        var paths: [String] = []
        for set in (try? files.contentsOfDirectory(atPath: folder)) ?? []
        where set.hasPrefix("test_data_set_") {
            for file in (try? files.contentsOfDirectory(atPath: folder + "/" + set)) ?? []
            where file.hasSuffix(".pb") {
                paths.append(set + "/" + file)
            }
        }
        var listed: [File] = []
        for path in ["model.onnx"] + paths.sorted() {
            guard let data = files.contents(atPath: folder + "/" + path) else {
                throw .unreadable(path: folder + "/" + path)
            }
            listed.append(File(path: path, sha256: Digest(sha256: [UInt8](data)).description))
        }
        return Case(name: name, files: listed)
    }

    /// Path of a case's folder.
    func folder(of entry: Case) -> String { entry.name == "." ? root : root + "/" + entry.name }

    /// The first file of a case that is not the one that was listed; nil when all are.
    func changedFile(of entry: Case) -> String? {
        for file in entry.files {
            let path = folder(of: entry) + "/" + file.path
            let data = FileManager.default.contents(atPath: path)
            if data.map({ Digest(sha256: [UInt8]($0)).description }) != file.sha256 { return path }
        }
        return nil
    }

    // MARK: As a payload

    /// What the payload of a suite begins with. Read as the length that data sets begin with, it is beyond all bounds.
    private static let mark = Array("weir onnx suite 1\n".utf8)

    /// Whether a task's inputs are a suite.
    public static func isSuite(_ payload: [UInt8]) -> Bool { payload.starts(with: mark) }

    public func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Self.mark + [UInt8](try encoder.encode(self))
    }

    /// - Throws: `DecodingError` when the bytes are not what `encoded` gives.
    public init(encoded payload: [UInt8]) throws {
        self = try JSONDecoder().decode(OnnxSuite.self, from: Data(payload.dropFirst(Self.mark.count)))
    }
}
