import ChromePipe
import Pool

/// Starts a browser only to ask it what backends it offers.
public enum AdapterProbe {
    public struct Found: Sendable {
        /// Product and version of the browser.
        public var product: String
        /// The WebGPU adapter; nil where the browser offers none.
        public var adapter: Adapter?
        /// What it said of every backend.
        public var backends: [BackendSupport]
    }

    /// - Throws: What kept the browser from starting, or its page from answering.
    public static func run(
        _ installation: BrowserInstallation, _ options: ChromeLaunchOptions = .forThisMachine
    ) async throws -> Found {
        let running = try await installation.launch(options, deadline: .seconds(20))
        do {
            let page = try await RuntimePage.open(in: running, runtime: "wgsl", deadline: .seconds(20))
            let facts = BrowserFacts(running, try await page.probe(deadline: .seconds(20)))
            await running.close()
            return Found(product: facts.product, adapter: facts.adapter, backends: facts.backends)
        } catch {
            await running.close()
            throw error
        }
    }
}
