/// The in-page runtimes that come with Weir, for programs that open their pages themselves.
public enum InPageRuntime {
    /// The folder of a runtime: what a page's origin serves at `/`, `index.html` first.
    public static func folder(of name: String) -> String { Resources.runtime(name) }

    /// The folder of the modules that runtimes share, served at `/` where a runtime's own folder has no such file.
    public static var sharedFolder: String { Resources.runtime("shared") }
}
