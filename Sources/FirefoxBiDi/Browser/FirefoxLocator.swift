import Foundation

/// A Firefox that can be started.
public struct FirefoxInstallation: Sendable, Hashable {
    /// Absolute path of the program: the binary itself and no wrapper, so that signals reach it.
    public let path: String

    public init(path: String) { self.path = path }
}

/// Finds an installed Firefox: where `WEIR_FIREFOX` says, if it is set, else in the places of the known packages.
public struct FirefoxLocator: Sendable {
    /// The variable that names the browser.
    public static let variable = "WEIR_FIREFOX"

    private static let places = [
        "/usr/lib/firefox-esr/firefox-esr", "/usr/lib/firefox/firefox", "/usr/lib64/firefox/firefox",
        "/opt/firefox/firefox",
    ]

    private let environment: [String: String]
    private let root: String

    /// - Parameters:
    ///   - environment: Where `WEIR_FIREFOX` is looked up.
    ///   - root: Put before the packages' own paths, for a system that is mounted elsewhere.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment, root: String = "") {
        self.environment = environment
        self.root = root
    }

    /// The first one found.
    public func locate() throws(FirefoxNotFound) -> FirefoxInstallation {
        if let named = environment[Self.variable] {
            let path = URL(fileURLWithPath: named).path
            guard !named.isEmpty, Self.isProgram(path) else {
                throw FirefoxNotFound(tried: ["\(Self.variable)=\(named)"])
            }
            return FirefoxInstallation(path: path)
        }
        let places = Self.places.map { root + $0 }
        guard let found = places.first(where: Self.isProgram) else { throw FirefoxNotFound(tried: places) }
        return FirefoxInstallation(path: found)
    }

    private static func isProgram(_ path: String) -> Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
            && FileManager.default.isExecutableFile(atPath: path)
    }
}

/// No Firefox was found.
public struct FirefoxNotFound: Error, Sendable, Hashable, CustomStringConvertible {
    /// Every place, in the order in which it was looked at: none holds a program that may be run.
    public let tried: [String]

    public var description: String {
        "No Firefox was found at \(tried.joined(separator: ", ")). Install one (Debian: apt-get install firefox-esr "
            + "mesa-vulkan-drivers), or name it: \(FirefoxLocator.variable)=/path/to/firefox"
    }
}
