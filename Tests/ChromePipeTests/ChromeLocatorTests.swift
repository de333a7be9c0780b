import ChromePipe
import Foundation
import Testing

@Suite struct ChromeLocatorTests {
    @Test("nothing found lists every place and how to install")
    func nothing() throws {
        let error = try #require(throws: ChromeNotFound.self) {
            try ChromeLocator(environment: ["PATH": "/nonexistent"], root: "/nonexistent").locate()
        }
        let paths = error.tried.map(\.path)
        #expect(paths.contains("/nonexistent/usr/lib/chromium/chromium-headless-shell"))
        #expect(paths.contains("/nonexistent/opt/google/chrome/chrome"))
        #expect(paths.contains("/nonexistent/opt/microsoft/msedge/msedge"))
        #expect(paths.contains("google-chrome"))
        #expect("\(error)".contains("apt-get install chromium-headless-shell"))
        for path in paths { #expect("\(error)".contains(path)) }
    }

    @Test("WEIR_CHROME that names no file is an error, whatever else is installed")
    func missing() throws {
        let error = try #require(throws: ChromeNotFound.self) {
            try ChromeLocator(environment: ["WEIR_CHROME": "/no/such/chrome"]).locate()
        }
        #expect(error.tried.map(\.path) == ["WEIR_CHROME=/no/such/chrome"])
        #expect(error.tried.map(\.reason) == ["no such file"])
    }

    @Test("WEIR_CHROME that names a folder or a plain file is refused with the reason")
    func unusable() throws {
        for (path, reason) in [("/etc", "is a folder"), ("/etc/passwd", "is not executable")] {
            let error = try #require(throws: ChromeNotFound.self) {
                try ChromeLocator(environment: ["WEIR_CHROME": path]).locate()
            }
            #expect(error.tried.map(\.reason) == [reason])
        }
    }

    @Test("WEIR_CHROME is taken before what is installed, and its kind is left to the browser's own word")
    func named() throws {
        let script = try Script("#!/bin/sh\n")
        defer { script.remove() }
        let found = try ChromeLocator(environment: ["WEIR_CHROME": script.path]).locate()
        #expect(found == ChromeInstallation(path: script.path, expectedKind: nil))
    }

    @Test("a wrapper on PATH is passed by for the binary beside it")
    func wrapper() throws {
        let script = try Script("#!/bin/sh\n")
        defer { script.remove() }
        let folder = URL(fileURLWithPath: script.path).deletingLastPathComponent()
        let wrapper = folder.appendingPathComponent("google-chrome")
        let binary = folder.appendingPathComponent("chrome")
        try FileManager.default.moveItem(atPath: script.path, toPath: wrapper.path)
        try FileManager.default.copyItem(
            atPath: "/bin/true", toPath: binary.path)
        let found = try ChromeLocator(environment: ["PATH": folder.path], root: "/nonexistent").locate()
        #expect(found == ChromeInstallation(path: binary.path, expectedKind: .chrome))
    }

    @Test("every browser is found once, the cheapest first, and only the named one where one is named")
    func all() throws {
        let root = NSTemporaryDirectory() + "locator-\(UUID().uuidString.prefix(8))"
        defer { try? FileManager.default.removeItem(atPath: root) }
        for path in ["/opt/google/chrome/chrome", "/usr/lib/chromium/chromium", "/bin/microsoft-edge"] {
            let file = URL(fileURLWithPath: root + path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data("#!/bin/sh\n".utf8).write(to: file)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        }
        let locator = ChromeLocator(environment: ["PATH": root + "/bin"], root: root)
        #expect(try locator.locateAll().map(\.expectedKind) == [.chromium, .chrome, .edge])
        let named = ChromeLocator(environment: ["WEIR_CHROME": root + "/opt/google/chrome/chrome"])
        #expect(try named.locateAll().count == 1)
        #expect(throws: ChromeNotFound.self) {
            try ChromeLocator(environment: ["PATH": "/nonexistent"], root: "/nonexistent").locateAll()
        }
    }
}
