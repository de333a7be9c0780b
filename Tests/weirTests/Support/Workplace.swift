import EventLog
import Foundation
import Pool
import PoolEngine
import Projections
import Synchronization
import Testing

/// A folder of its own for one test: the log, the programs' temporary files, and what they wrote. Removed with it.
final class Workplace: Sendable {
    let root: String
    private let started = Atomic<Int>(0)
    private let sessions = Mutex<Set<pid_t>>([])

    init() throws {
        root = NSTemporaryDirectory() + "weir-tests-\(UUID().uuidString.prefix(13))"
        try FileManager.default.createDirectory(
            atPath: root + "/tmp", withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    var log: String { root + "/log" }
    /// Where browsers keep their profiles.
    var temporary: String { root + "/tmp" }

    @discardableResult
    func write(_ name: String, _ text: String, mode: Int = 0o644) throws -> String {
        let path = root + "/" + name
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    func start(_ arguments: [String], environment: [String: String] = [:]) throws -> RunningWeir {
        var all = ProcessInfo.processInfo.environment
        all["WEIR_LOG"] = log
        all["WEIR_CACHE"] = root + "/cache"
        all["TMPDIR"] = temporary
        // A crash must show as its signal, and not be delayed by a backtrace.
        all["SWIFT_BACKTRACE"] = "enable=no"
        all.merge(environment) { $1 }
        let number = started.add(1, ordering: .relaxed).newValue
        return try RunningWeir(arguments, environment: all, folder: root, name: "\(number)")
    }

    func weir(_ arguments: String..., environment: [String: String] = [:]) async throws -> Ended {
        try await weir(arguments, environment: environment)
    }

    func weir(_ arguments: [String], environment: [String: String] = [:]) async throws -> Ended {
        try await start(arguments, environment: environment).end()
    }

    // MARK: Browsers

    /// The browser that the program finds.
    func chromePath() async throws -> String? {
        let findings = try await weir("doctor", "--json").json() as? [[String: Any]]
        let browser = findings?.first { $0["subject"] as? String == "browser" }
        return (browser?["detail"] as? String)?.components(separatedBy: " at ").last
    }

    /// A program that starts that browser without the flag that WebGPU needs.
    func browserWithoutWebGPU() async throws -> String {
        let real = try #require(try await chromePath())
        return try write(
            "browser",
            """
            #!/bin/bash
            kept=()
            for argument in "$@"; do
              [ "$argument" = --enable-unsafe-webgpu ] || kept+=("$argument")
            done
            exec '\(real)' "${kept[@]}"
            """, mode: 0o755)
    }

    // MARK: The log

    /// Every durable event; none while there is no log.
    func events() throws -> [Event] {
        let reader: EventLogReader
        do {
            reader = try EventLog.openForReading(at: log)
        } catch {
            return []
        }
        defer { reader.close() }
        var events: [Event] = []
        try LogEventSource(reader).forEachEvent { event, _ in events.append(event) }
        return events
    }

    /// Waits until the log holds what is asked for, and gives its events.
    @discardableResult
    func events(
        until what: String, within limit: Duration = .seconds(60), _ holds: ([Event]) -> Bool
    ) async throws -> [Event] {
        let deadline = ContinuousClock.now + limit
        while true {
            let events = try events()
            if holds(events) { return events }
            try #require(ContinuousClock.now < deadline, "no \(what) within \(limit)")
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    // MARK: Processes

    /// Processes that were started from this folder, other than zombies: `pid command`.
    func processes() -> [String] {
        let all =
            (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { pid_t($0) } ?? []
        let seen = all.compactMap(ProcessEntry.init)
        let own = getsid(0)
        let sessions = sessions.withLock { sessions in
            // Guardians begin a session, in which all processes of their browser are.
            for process in seen where process.session != own && process.mentions(root) {
                sessions.insert(process.session)
            }
            return sessions
        }
        return seen.filter { sessions.contains($0.session) || ($0.pid != getpid() && $0.mentions(root)) }
            .map { "\($0.pid) \($0.command.prefix(120))" }
    }

    /// What is left of processes and browser profiles after `limit`.
    func leftovers(after limit: Duration = .seconds(2)) async throws -> [String] {
        func now() throws -> [String] {
            processes() + (try FileManager.default.contentsOfDirectory(atPath: temporary))
        }
        let deadline = ContinuousClock.now + limit
        while ContinuousClock.now < deadline {
            if try now().isEmpty { return [] }
            try await Task.sleep(for: .milliseconds(20))
        }
        return try now()
    }
}

/// One process as `/proc` shows it.
private struct ProcessEntry {
    let pid: pid_t
    let session: pid_t
    let command: String
    private let environment: String

    init?(_ pid: pid_t) {
        guard let stat = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return nil }
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        // A zombie is no process any more: whoever adopted it has not looked yet.
        guard fields.count > 3, fields[0] != "Z", let session = pid_t(fields[3]) else { return nil }
        self.pid = pid
        self.session = session
        command = Self.words("/proc/\(pid)/cmdline")
        environment = Self.words("/proc/\(pid)/environ")
    }

    private static func words(_ path: String) -> String {
        let data = FileManager.default.contents(atPath: path) ?? Data()
        return String(decoding: data.map { $0 == 0 ? 0x20 : $0 }, as: UTF8.self)
    }

    func mentions(_ path: String) -> Bool { command.contains(path) || environment.contains(path) }
}
