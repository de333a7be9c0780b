import Foundation

@testable import BrowserExecutor

/// A copy of the example `edges`, or of a folder made by a test, that a test changes.
struct KernelFolder {
    let folder: TemporaryFolder

    var path: String { folder.path }

    /// - Parameter change: what to change of the manifest, a JSON object.
    init(_ change: (inout [String: Any]) throws -> Void = { _ in }) throws {
        folder = try TemporaryFolder()
        let example = Resources.root + "/examples/edges"
        for name in try FileManager.default.contentsOfDirectory(atPath: example) {
            try folder.write(FileManager.default.contents(atPath: example + "/" + name) ?? Data(), to: name)
        }
        try changeManifest(change)
    }

    func changeManifest(_ change: (inout [String: Any]) throws -> Void) throws {
        let data = FileManager.default.contents(atPath: path + "/model.json") ?? Data()
        guard var manifest = try JSONSerialization.jsonObject(with: data) as? [String: Any] else { return }
        try change(&manifest)
        try folder.write(try JSONSerialization.data(withJSONObject: manifest), to: "model.json")
    }

    /// Puts a text in the place of another in a file.
    func edit(_ file: String, _ old: String, _ new: String) throws {
        let text = String(
            decoding: FileManager.default.contents(atPath: path + "/" + file) ?? Data(), as: UTF8.self)
        try folder.write(text.replacingOccurrences(of: old, with: new), to: file)
    }
}

extension [String: Any] {
    /// A member within members, by keys and positions.
    subscript(path path: [any Sendable]) -> Any? {
        get {
            path.reduce(self as Any?) { value, step in
                if let key = step as? String { return (value as? [String: Any])?[key] }
                return (value as? [Any])?[step as? Int ?? 0]
            }
        }
        set { self = Self.replacing(self, path[...], newValue) as? [String: Any] ?? self }
    }

    private static func replacing(_ value: Any?, _ path: ArraySlice<any Sendable>, _ new: Any?) -> Any? {
        guard let step = path.first else { return new }
        if let key = step as? String {
            var object = value as? [String: Any] ?? [:]
            object[key] = replacing(object[key], path.dropFirst(), new)
            return object
        }
        var list = value as? [Any] ?? []
        if let index = step as? Int, let element = replacing(list[index], path.dropFirst(), new) {
            list[index] = element
        }
        return list
    }
}
