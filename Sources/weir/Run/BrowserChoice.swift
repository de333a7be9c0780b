import BrowserExecutor
import Pool

/// Which of the installed browsers a pool starts.
enum BrowserChoice {
    /// The kinds that can be asked for.
    private static let kinds = BrowserKind.allCases.filter { $0 != .simulated }
    static var names: [String] { kinds.map(\.name.description) }

    /// What people call browsers of telephones, in whose place something else would be tested.
    private static let mobileNames: Set = [
        "mobile_chrome", "chrome_mobile", "android", "chrome_android", "mobile",
    ]

    /// The browser that runs are given that ask for none: the first one found.
    static func usual() throws(NotInstalledError) -> BrowserInstallation { try all()[0] }

    /// The browsers that were asked for, in that order; else the one that the pool's configuration prefers for the family,
    /// if it is installed, and then the usual one.
    ///
    /// - Parameters:
    ///   - names: What was asked for; each may be there several times, for so large a part of the pool.
    ///   - preference: What the configuration names for the family of the tasks.
    static func installations(
        _ names: [String], preference: BrowserKind? = nil
    ) throws -> [BrowserInstallation] {
        let wishes = try names.map(kind)
        let found = try all()
        guard !wishes.isEmpty else {
            let preferred = preference.flatMap { BrowserInstallation.first($0, among: found) }
            guard let preferred, preferred != found[0] else { return [found[0]] }
            return [preferred, found[0]]
        }
        return try wishes.map { wish in
            if let installation = BrowserInstallation.first(wish, among: found) { return installation }
            throw NotInstalledError(
                "--browser is \(wish.name), which is not installed; found are "
                    + found.map { "\($0.expectedKind?.name.description ?? "a browser") (\($0.path))" }
                    .joined(separator: ", "))
        }
    }

    private static func kind(_ name: String) throws(UsageError) -> BrowserKind {
        if mobileNames.contains(name) {
            throw UsageError(
                "--browser is \(name): Mobile Chrome is not supported, as Weir starts and watches processes of this "
                    + "machine; allowed is \(names.joined(separator: ", "))")
        }
        guard let kind = kinds.first(where: { $0.name.description == name }) else {
            throw UsageError("--browser is \(name); allowed is \(names.joined(separator: ", "))")
        }
        return kind
    }

    /// Every browser that is found.
    static func all() throws(NotInstalledError) -> [BrowserInstallation] {
        do {
            return try BrowserInstallation.all()
        } catch {
            throw NotInstalledError("\(error)")
        }
    }
}
