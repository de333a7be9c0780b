import ChromePipe

extension ChromeInstallation {
    /// The browser that runs are given.
    static func located() throws(NotInstalledError) -> ChromeInstallation {
        do {
            return try ChromeLocator().locate()
        } catch {
            throw NotInstalledError("\(error)")
        }
    }
}
