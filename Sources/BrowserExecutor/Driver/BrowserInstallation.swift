import ChromePipe
import FirefoxBiDi
import Foundation
import Pool

/// A browser that can be started, whatever its driver.
public enum BrowserInstallation: Sendable, Hashable {
    case chrome(ChromeInstallation)
    case firefox(FirefoxInstallation)

    /// Absolute path of the program.
    public var path: String {
        switch self {
        case .chrome(let installation): installation.path
        case .firefox(let installation): installation.path
        }
    }

    /// What its path says that it is; nil if it says nothing. The browser's own word decides after its launch.
    public var expectedKind: Pool.BrowserKind? {
        switch self {
        case .chrome(let installation): installation.expectedKind.map(Pool.BrowserKind.init)
        case .firefox: .firefox
        }
    }

    /// Every browser that is found, Chrome and its kin first.
    ///
    /// - Throws: `ChromeNotFound` where none of any kind is, and where `WEIR_CHROME` names none: nothing is taken in place of
    ///   what was named.
    public static func all() throws(ChromeNotFound) -> [BrowserInstallation] {
        let isNamed = ProcessInfo.processInfo.environment[ChromeLocator.variable] != nil
        let firefox = (try? FirefoxLocator().locate()).map { [BrowserInstallation.firefox($0)] } ?? []
        do {
            return try ChromeLocator().locateAll().map(BrowserInstallation.chrome) + firefox
        } catch {
            if firefox.isEmpty || isNamed { throw error }
            return firefox
        }
    }

    /// The first of these that a wish for a kind means: one of that kind, else, for `chrome`, any build of Chromium that
    /// gives itself another name.
    public static func first(
        _ wish: Pool.BrowserKind, among found: [BrowserInstallation]
    ) -> BrowserInstallation? {
        found.first { $0.expectedKind == wish } ?? found.first { $0.expectedKind?.satisfies(wish) == true }
    }

    /// Starts it.
    ///
    /// - Parameters:
    ///   - options: For Chrome and its kin.
    ///   - deadline: Until it has answered.
    func launch(
        _ options: ChromeLaunchOptions, deadline: Duration
    ) async throws(BrowserLaunchError) -> any DrivenBrowser {
        switch self {
        case .chrome(let installation):
            var options = options
            options.launchDeadline = min(options.launchDeadline, deadline)
            return try await Chrome.launch(installation, options)
        case .firefox(let installation):
            var firefox = FirefoxLaunchOptions()
            firefox.profileParent = options.profileParent
            firefox.launchDeadline = min(firefox.launchDeadline, deadline)
            return try await Firefox.launch(installation, firefox)
        }
    }
}

extension Pool.BrowserKind {
    init(_ kind: ChromePipe.BrowserKind) {
        self =
            switch kind {
            case .headlessShell: .headlessShell
            case .chromium: .chromium
            case .chrome: .chrome
            case .edge: .edge
            }
    }
}
