import ChromePipe
import FirefoxBiDi
import Foundation
import Testing

/// The tests that start browsers run one after another: several browsers at once starve a small machine.
@Suite(.serialized, .timeLimit(.minutes(3))) enum RealFirefox {}

/// Runs a test with a browser of its own, closes it in every case, and looks for anything left of it.
func withFirefox(
    _ options: FirefoxLaunchOptions = .init(), _ body: (Firefox) async throws -> Void
) async throws {
    let firefox = try await Firefox.launch(try FirefoxLocator().locate(), options)
    do {
        try await body(firefox)
    } catch {
        await firefox.close()
        throw error
    }
    let teardown = await firefox.close()
    #expect(teardown.profileRemoved)
    #expect(leftovers(of: firefox) == [])
}

/// Runs a test with a browser and a page on the virtual origin.
func withPage(_ body: (Firefox, FirefoxPage) async throws -> Void) async throws {
    try await withFirefox { firefox in
        let page = try await firefox.openPage { _ in try? .html("<!doctype html><title>test</title>") }
        try await body(firefox, page)
    }
}

/// Live processes of a browser's group, and its profile folder.
func leftovers(of firefox: Firefox) -> [String] {
    let processes = firefox.processList().map { "process \($0.pid)" }
    return processes
        + (FileManager.default.fileExists(atPath: firefox.profileFolder) ? [firefox.profileFolder] : [])
}

/// How a call ended, if by an error of the protocol.
func cdpError(_ body: () async throws -> Void) async -> CDPError? {
    do {
        try await body()
        return nil
    } catch PageError.call(let error) {
        return error
    } catch {
        return error as? CDPError
    }
}
