import ChromePipe
import Foundation

/// A program that owns a browser and waits to be killed: what is left of the browser then is the test's question.
@main
struct ChromePipeChild {
    static func main() async throws {
        let chrome = try await Chrome.launch(try ChromeLocator().locate())
        let page = try await chrome.openPage { _ in try? .html("<!doctype html>") }
        let gpu = try await chrome.gpuProcessID() ?? 0
        print("\(chrome.pid) \(gpu) \(chrome.guardianPID) \(chrome.profileFolder)")
        fflush(nil)
        try await Task.sleep(for: .seconds(120))
        // Only a test that failed to kill us comes here.
        try await page.close()
        await chrome.close()
    }
}
