import BrowserExecutor
import ChromePipe
import Measuring

/// What `ChromePipe` does by itself, with neither a pool nor a log.
struct PipeRows {
    let script: String

    /// From before the start of a browser to a first result.
    func launch() async throws -> [String: Double] {
        let began = ContinuousClock.now
        let (chrome, _) = try await start()
        let took = (ContinuousClock.now - began).milliseconds
        await chrome.close()
        return ["launch_ms": took]
    }

    func memory() async throws -> [String: Double] {
        let (chrome, page) = try await start()
        waitToBeMeasured()
        try await page.close()
        await chrome.close()
        return [:]
    }

    private func start() async throws -> (Chrome, PageSession) {
        let chrome = try await Chrome.launch(ChromeLocator().locate(), .forThisMachine)
        return (chrome, try await PeerPage.open(in: chrome, script: script))
    }
}

/// A page with the script of all contestants.
enum PeerPage {
    private static let document = Array("<!doctype html><title>peer</title>".utf8)

    /// Opens a page, and waits for its first result.
    static func open(in chrome: Chrome, script: String) async throws -> PageSession {
        let page = try await chrome.openPage(origin: "https://peer.invalid/") { _ in
            try? ServedResource(body: document, contentType: "text/html")
        }
        let isRight = try await page.evaluate(script + "\npeer.matmul()", deadline: .seconds(20))
        guard try isRight.decode(Bool.self) else { throw BenchmarkError("no result") }
        return page
    }
}
