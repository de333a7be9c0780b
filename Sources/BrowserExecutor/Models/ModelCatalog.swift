import Foundation
import Pool

/// The models that can be run: those that come with Weir and those in the cache folder.
public struct ModelCatalog: Sendable {
    /// Folder that holds one folder per cached model.
    public let cacheFolder: String

    /// - Parameter environment: `WEIR_CACHE` names the cache; else it is `weir` in the XDG cache folder
    ///   (`XDG_CACHE_HOME`, else `~/.cache`; XDG Base Directory Specification 0.8).
    public init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        if let named = environment["WEIR_CACHE"], !named.isEmpty {
            cacheFolder = named
        } else if let xdg = environment["XDG_CACHE_HOME"], xdg.hasPrefix("/") {
            cacheFolder = xdg + "/weir"
        } else {
            cacheFolder = (environment["HOME"] ?? NSHomeDirectory()) + "/.cache/weir"
        }
    }

    /// Where a cached model lies.
    func modelFolder(named name: String) -> String { cacheFolder + "/models/" + name }

    /// A model that was found, or what is wrong with it.
    public struct Entry: Sendable {
        public var name: String
        public var isEmbedded: Bool
        public var package: Result<ModelPackage, ModelError>

        public init(name: String, isEmbedded: Bool, package: Result<ModelPackage, ModelError>) {
            self.name = name
            self.isEmbedded = isEmbedded
            self.package = package
        }
    }

    /// Every model found, by name, hidden folders apart; one that comes with Weir hides a cached one of the same name.
    public func entries() -> [Entry] {
        var entries: [Entry] = []
        for (folder, isEmbedded) in [(Resources.models, true), (cacheFolder + "/models", false)] {
            let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
            for name in names where !name.hasPrefix(".") && !entries.contains(where: { $0.name == name }) {
                let package = Result { () throws(ModelError) in try ModelPackage(folder: folder + "/" + name)
                }
                entries.append(Entry(name: name, isEmbedded: isEmbedded, package: package))
            }
        }
        return entries.sorted { $0.name < $1.name }
    }

    /// The model of that name.
    public func model(named name: String) throws(ModelError) -> ModelPackage {
        let entries = entries()
        guard let entry = entries.first(where: { $0.name == name }) else {
            throw .unknown(name: name, known: entries.map(\.name))
        }
        return try entry.package.get()
    }

    /// The model of that name and digest; nil when it is not the same any more.
    func model(named name: String, digest: Digest) throws(ModelError) -> ModelPackage? {
        let package = try model(named: name)
        return package.digest == digest ? package : nil
    }
}

/// Files that come with this module.
enum Resources {
    static var root: String { Bundle.module.bundlePath + "/Resources" }
    static var models: String { root + "/models" }
    static var suites: String { root + "/suites" }
    static func runtime(_ name: String) -> String { root + "/runtimes/" + name }
}
