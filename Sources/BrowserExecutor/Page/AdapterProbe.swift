import ChromePipe
import Pool

/// Starts a browser only to ask it what adapter it offers.
public enum AdapterProbe {
    public struct Found: Sendable {
        /// Product and version of the browser.
        public var product: String
        public var adapter: Adapter
    }

    /// - Throws: What kept the browser from starting, or its page from getting an adapter.
    public static func run(
        _ installation: ChromeInstallation, _ options: ChromeLaunchOptions = .forThisMachine
    ) async throws -> Found {
        let chrome = try await Chrome.launch(installation, options)
        do {
            let page = try await RuntimePage.open(in: chrome, runtime: "wgsl", deadline: .seconds(20))
            let probe = try await page.probe(deadline: .seconds(20))
            await chrome.close()
            return Found(product: chrome.version.product, adapter: Adapter(probe.adapter))
        } catch {
            await chrome.close()
            throw error
        }
    }
}
