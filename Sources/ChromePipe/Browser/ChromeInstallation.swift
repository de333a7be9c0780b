/// The kinds of browser that are known.
public enum BrowserKind: String, Sendable, Hashable, Codable, CaseIterable {
    /// Chrome's old headless mode as a program of its own: the smallest and fastest.
    case headlessShell
    case chromium, chrome, edge

    /// What the browser's own product name (`Browser.getVersion`) says, with what its path said as the tie-break
    /// between Chromium and Google Chrome, which give the same name.
    init(product: String, expected: BrowserKind?) {
        if product.contains("Edg") {
            self = .edge
        } else if product.hasPrefix("HeadlessChrome/") {
            self = .headlessShell
        } else {
            self = expected == .chrome ? .chrome : .chromium
        }
    }
}

/// A browser that can be started.
public struct ChromeInstallation: Sendable, Hashable {
    /// Absolute path of the program: the real binary wherever it is known, because a wrapper script that does
    /// not `exec` keeps signals from reaching the browser.
    public let path: String

    /// What the path says that it is; nil if it says nothing. The browser's own word decides after launch.
    public let expectedKind: BrowserKind?

    public init(path: String, expectedKind: BrowserKind? = nil) {
        self.path = path
        self.expectedKind = expectedKind
    }
}
