import Foundation

@testable import BrowserExecutor

/// A cache folder with a changed copy of the digits model in it.
struct ModelCopy {
    static let name = "digits-copy"
    let cache: TemporaryFolder

    var folder: String { cache.path + "/models/" + Self.name }
    var catalog: ModelCatalog { ModelCatalog(environment: ["WEIR_CACHE": cache.path]) }

    /// - Parameter change: what to change of the manifest, a JSON object.
    init(_ change: (inout [String: Any]) -> Void = { _ in }) throws {
        cache = try TemporaryFolder()
        let digits = Resources.models + "/digits"
        for name in try FileManager.default.contentsOfDirectory(atPath: digits) {
            let file = FileManager.default.contents(atPath: digits + "/" + name) ?? Data()
            try cache.write(file, to: "models/\(Self.name)/\(name)")
        }
        try changeManifest {
            $0["name"] = Self.name
            change(&$0)
        }
    }

    func changeManifest(_ change: (inout [String: Any]) -> Void) throws {
        let path = folder + "/model.json"
        let data = FileManager.default.contents(atPath: path) ?? Data()
        guard var manifest = try JSONSerialization.jsonObject(with: data) as? [String: Any] else { return }
        change(&manifest)
        try JSONSerialization.data(withJSONObject: manifest, options: [.sortedKeys])
            .write(to: URL(fileURLWithPath: path))
    }

    /// Turns a bit of a tensor's value in the weights over, and leaves their length as it is.
    func damageWeights() throws {
        let path = folder + "/weights.safetensors"
        var bytes = [UInt8](FileManager.default.contents(atPath: path) ?? Data())
        bytes[bytes.count - 1] ^= 0x40
        try Data(bytes).write(to: URL(fileURLWithPath: path))
    }

    func restoreWeights() throws {
        let name = "/weights.safetensors"
        let bytes = FileManager.default.contents(atPath: Resources.models + "/digits" + name) ?? Data()
        try bytes.write(to: URL(fileURLWithPath: folder + name))
    }
}
