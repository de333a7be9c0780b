import Foundation

/// Finds an installed browser.
///
/// `WEIR_CHROME`, if set, is the only place looked at. Otherwise the real binaries of the known packages are
/// tried in order of cost (headless shell first), then their names on `PATH`.
public struct ChromeLocator: Sendable {
    /// The variable that names the browser.
    public static let variable = "WEIR_CHROME"

    private struct Package {
        let kind: BrowserKind
        let binary: String
        let commands: [String]
    }

    private static let packages = [
        Package(
            kind: .headlessShell, binary: "/usr/lib/chromium/chromium-headless-shell",
            commands: ["chromium-headless-shell", "chrome-headless-shell", "headless_shell"]),
        Package(
            kind: .chromium, binary: "/usr/lib/chromium/chromium", commands: ["chromium", "chromium-browser"]),
        Package(
            kind: .chrome, binary: "/opt/google/chrome/chrome",
            commands: ["google-chrome", "google-chrome-stable"]),
        Package(
            kind: .edge, binary: "/opt/microsoft/msedge/msedge",
            commands: ["microsoft-edge", "microsoft-edge-stable"]),
    ]

    private let environment: [String: String]
    private let root: String

    /// - Parameters:
    ///   - environment: where `WEIR_CHROME` and `PATH` are looked up.
    ///   - root: put before the packages' own paths, for a system that is mounted elsewhere.
    public init(environment: [String: String] = ProcessInfo.processInfo.environment, root: String = "") {
        self.environment = environment
        self.root = root
    }

    /// The first browser found.
    public func locate() throws(ChromeNotFound) -> ChromeInstallation {
        if let named = environment[Self.variable] { return try locate(named: named) }
        var tried: [ChromeNotFound.Attempt] = []
        for package in Self.packages {
            let path = root + package.binary
            guard let reason = Self.refusal(of: path) else {
                return ChromeInstallation(path: path, expectedKind: package.kind)
            }
            tried.append(.init(path: path, reason: reason))
        }
        let folders = environment["PATH"]?.split(separator: ":").map(String.init) ?? []
        for package in Self.packages {
            for command in package.commands {
                if let path = folders.map({ "\($0)/\(command)" }).first(where: { Self.refusal(of: $0) == nil }
                ) {
                    return ChromeInstallation(path: Self.realBinary(path), expectedKind: package.kind)
                }
                tried.append(.init(path: command, reason: "not on PATH"))
            }
        }
        throw ChromeNotFound(tried: tried)
    }

    /// Every browser that `locate` would find if those before it were missing, each once.
    public func locateAll() throws(ChromeNotFound) -> [ChromeInstallation] {
        let first = try locate()
        if environment[Self.variable] != nil { return [first] }
        let folders = environment["PATH"]?.split(separator: ":").map(String.init) ?? []
        var found = [first]
        for package in Self.packages {
            let named = package.commands.lazy.flatMap { command in folders.map { "\($0)/\(command)" } }
                .first { Self.refusal(of: $0) == nil }.map(Self.realBinary)
            let path = Self.refusal(of: root + package.binary) == nil ? root + package.binary : named
            guard let path, !found.contains(where: { $0.path == path }) else { continue }
            found.append(ChromeInstallation(path: path, expectedKind: package.kind))
        }
        return found
    }

    private func locate(named path: String) throws(ChromeNotFound) -> ChromeInstallation {
        let absolute = URL(fileURLWithPath: path).path
        if let reason = path.isEmpty ? "the variable is empty" : Self.refusal(of: absolute) {
            let place = "\(Self.variable)=\(path)"
            throw ChromeNotFound(tried: [.init(path: place, reason: reason)])
        }
        let program = URL(fileURLWithPath: absolute).lastPathComponent
        let kind = Self.packages.first { URL(fileURLWithPath: $0.binary).lastPathComponent == program }?.kind
        return ChromeInstallation(path: absolute, expectedKind: kind)
    }

    /// Why a path is no program; nil if it is one.
    private static func refusal(of path: String) -> String? {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            return "no such file"
        }
        if isFolder.boolValue { return "is a folder" }
        return FileManager.default.isExecutableFile(atPath: path) ? nil : "is not executable"
    }

    /// The ELF file behind a command: its links followed, and for a script the binary that a known package
    /// keeps beside it, as far as there is one.
    private static func realBinary(_ path: String) -> String {
        let resolved = URL(fileURLWithPath: path).resolvingSymlinksInPath()
        guard !isELF(resolved.path) else { return resolved.path }
        let folder = resolved.deletingLastPathComponent()
        return ["chrome", "msedge", "chromium"]
            .map { folder.appendingPathComponent($0).path }
            .first { refusal(of: $0) == nil && isELF($0) } ?? resolved.path
    }

    private static func isELF(_ path: String) -> Bool {
        let file = FileHandle(forReadingAtPath: path)
        defer { try? file?.close() }
        return (try? file?.read(upToCount: 4)) == Data([0x7F, 0x45, 0x4C, 0x46])
    }
}

/// No browser was found.
public struct ChromeNotFound: Error, Sendable, Hashable, CustomStringConvertible {
    /// A place that was looked at.
    public struct Attempt: Sendable, Hashable {
        public let path: String
        public let reason: String
    }

    /// Every place, in the order in which it was looked at.
    public let tried: [Attempt]

    public var description: String {
        """
        No browser was found. Tried:
        \(tried.map { "  \($0.path): \($0.reason)" }.joined(separator: "\n"))
        Install one (Debian: apt-get install chromium-headless-shell), or name it: \
        \(ChromeLocator.variable)=/path/to/chrome
        """
    }
}
