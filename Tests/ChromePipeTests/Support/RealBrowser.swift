import ChromePipe
import Foundation
import Testing

/// The tests that start browsers run one after another: several browsers at once starve a small machine.
@Suite(.serialized, .timeLimit(.minutes(3))) enum RealBrowser {}

/// Runs a test with a browser of its own and closes it in every case.
func withChrome(
    _ options: ChromeLaunchOptions = .init(), _ body: (Chrome) async throws -> Void
) async throws {
    let chrome = try await Chrome.launch(try ChromeLocator().locate(), options)
    do {
        try await body(chrome)
    } catch {
        await chrome.close()
        throw error
    }
    await chrome.close()
    #expect(Leftovers.now(group: chrome.pid, profile: chrome.profileFolder).isEmpty)
}

/// Runs a test with a browser and a page on the virtual origin.
func withPage(
    _ options: ChromeLaunchOptions = .init(), _ body: (Chrome, PageSession) async throws -> Void
) async throws {
    try await withChrome(options) { chrome in
        let page = try await chrome.openPage { _ in try? .html("<!doctype html><title>test</title>") }
        try await body(chrome, page)
    }
}

/// What is left of a browser: live processes of its group or with its profile folder in their arguments, and
/// the folder itself.
enum Leftovers {
    static func now(group: pid_t, profile: String) -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        var left = names.compactMap { pid_t($0) }.compactMap { pid -> String? in
            guard pid != getpid(),
                let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
                let end = stat.lastIndex(of: ")")
            else { return nil }
            let fields = stat[stat.index(after: end)...].split(separator: " ")
            // A zombie is no process any more: whoever adopted it has not looked yet.
            guard fields.count > 2, fields[0] != "Z" else { return nil }
            let arguments = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
            let text = String(decoding: arguments.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
            return pid_t(fields[2]) == group || text.contains(profile) ? "\(stat.prefix(60)) \(text)" : nil
        }
        if FileManager.default.fileExists(atPath: profile) { left.append(profile) }
        return left
    }

    /// What is still left after `limit`.
    static func after(_ limit: Duration, group: pid_t, profile: String) async throws -> [String] {
        let end = ContinuousClock.now + limit
        while ContinuousClock.now < end {
            if now(group: group, profile: profile).isEmpty { return [] }
            try await Task.sleep(for: .milliseconds(20))
        }
        return now(group: group, profile: profile)
    }
}

/// A program of a few lines in a folder of its own.
struct Script {
    let path: String

    init(_ text: String) throws {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("chromepipe-\(UInt64.random(in: .min ... .max))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        path = folder.appendingPathComponent("browser").path
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
    }

    func remove() {
        try? FileManager.default.removeItem(at: URL(fileURLWithPath: path).deletingLastPathComponent())
    }
}

/// The first event that the closure takes, or nil after `limit`.
func first<Value: Sendable>(
    in events: AsyncStream<SessionEvent>, within limit: Duration = .seconds(10),
    _ take: @escaping @Sendable (SessionEvent) -> Value?
) async -> Value? {
    await withTaskGroup(of: Value?.self) { group in
        group.addTask {
            for await event in events {
                if let value = take(event) { return value }
            }
            return nil
        }
        group.addTask {
            try? await Task.sleep(for: limit)
            return nil
        }
        defer { group.cancelAll() }
        return await group.next() ?? nil
    }
}

/// How a call ended.
func outcome<Value: Sendable>(
    _ body: () async throws -> Value
) async -> Result<Value, any Error> {
    do { return .success(try await body()) } catch { return .failure(error) }
}

/// The CDP error behind whatever was thrown.
func cdpError(_ result: Result<some Any, any Error>) -> CDPError? {
    guard case .failure(let error) = result else { return nil }
    if case PageError.call(let inner)? = error as? PageError { return inner }
    return error as? CDPError
}
