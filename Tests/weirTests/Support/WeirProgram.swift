import Foundation
import Testing

/// The program that was built beside the tests.
enum WeirProgram {
    static let path: String = {
        var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        for _ in 0..<4 {
            folder.deleteLastPathComponent()
            // The test bundle may itself be run by a program elsewhere; its own path is then an argument.
            let program = folder.appendingPathComponent("weir")
            if FileManager.default.isExecutableFile(atPath: program.path) { return program.path }
        }
        for argument in CommandLine.arguments where argument.hasSuffix(".xctest") {
            let program = URL(fileURLWithPath: argument).deletingLastPathComponent()
                .appendingPathComponent("weir")
            if FileManager.default.isExecutableFile(atPath: program.path) { return program.path }
        }
        return "weir-not-found"
    }()
}

/// How a started program ended and what it wrote.
struct Ended: CustomStringConvertible {
    /// Exit status; nil when a signal ended it.
    var status: Int32?
    /// The signal that ended it.
    var signal: Int32?
    var out: String
    var err: String

    var description: String {
        let how = status.map { "exit \($0)" } ?? "signal \(signal ?? 0)"
        return "\(how)\nout: \(out.suffix(2000))\nerr: \(err.suffix(2000))"
    }

    /// Standard output as one JSON value.
    func json() throws -> Any {
        try JSONSerialization.jsonObject(with: Data(out.utf8), options: [.fragmentsAllowed])
    }

    func object() throws -> [String: Any] { try #require(try json() as? [String: Any], "\(self)") }

    var lines: [Substring] { out.split(separator: "\n") }
}

/// A `weir` that runs. It is killed when it is forgotten.
final class RunningWeir {
    private let process = Process()
    private let outPath: String
    private let errPath: String

    init(_ arguments: [String], environment: [String: String], folder: String, name: String) throws {
        outPath = folder + "/\(name).out"
        errPath = folder + "/\(name).err"
        process.executableURL = URL(fileURLWithPath: WeirProgram.path)
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = URL(fileURLWithPath: folder)
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try Self.file(outPath)
        process.standardError = try Self.file(errPath)
        try process.run()
    }

    deinit { if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) } }

    private static func file(_ path: String) throws -> FileHandle {
        try Data().write(to: URL(fileURLWithPath: path))
        return try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    }

    var pid: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var outputSoFar: String { Self.text(outPath) }

    private static func text(_ path: String) -> String {
        String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
    }

    func send(_ signal: Int32) { Glibc.kill(pid, signal) }

    /// Waits for the end. A program that takes longer than `limit` has hung: it is killed, and that is an issue.
    func end(within limit: Duration = .seconds(90)) async throws -> Ended {
        let deadline = ContinuousClock.now + limit
        while process.isRunning, ContinuousClock.now < deadline {
            try await Task.sleep(for: .milliseconds(10))
        }
        if process.isRunning {
            send(SIGKILL)
            Issue.record("weir \(process.arguments ?? []) did not end within \(limit)")
        }
        process.waitUntilExit()
        let isSignal = process.terminationReason == .uncaughtSignal
        return Ended(
            status: isSignal ? nil : process.terminationStatus,
            signal: isSignal ? process.terminationStatus : nil,
            out: Self.text(outPath), err: Self.text(errPath))
    }
}
