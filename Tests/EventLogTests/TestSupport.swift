import EventLog
import Foundation
import Testing

/// A folder of its own for one test, removed at its end.
final class TemporaryFolder: Sendable {
    let path: String

    init() throws {
        path = NSTemporaryDirectory() + "/event-log-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// A path in the folder; nothing is there yet.
    func log(_ name: String = "log") -> String { path + "/" + name }
}

/// A value that several threads share in a test. The lock is one that Thread Sanitizer sees, as that of the standard
/// library's `Mutex` is not.
///
/// `@unchecked Sendable`: the value is reached only while the lock is held.
final class Locked<Value>: @unchecked Sendable {
    private let lock = NSLock()
    private var value: Value

    init(_ value: Value) {
        self.value = value
    }

    func withLock<Result>(_ body: (inout Value) -> Result) -> Result {
        lock.withLock { body(&value) }
    }
}

/// The program of `Tests/EventLogVerifyChild`, which is built beside the test bundle.
enum ChildProgram {
    static let path: String = {
        var candidate = URL(fileURLWithPath: CommandLine.arguments[0])
        for _ in 0..<4 {
            candidate.deleteLastPathComponent()
            let program = candidate.appendingPathComponent("EventLogVerifyChild")
            if FileManager.default.isExecutableFile(atPath: program.path) { return program.path }
        }
        return "EventLogVerifyChild-not-found"
    }()

    /// Verifies a log in a child.
    static func verify(_ log: String) throws -> VerifyReport {
        try EventLogVerifier.runIsolated(executable: path, arguments: ["verify", log], path: log)
    }
}

/// The program of `Tests/EventLogProof`, which is built with the tests. The test bundle does not depend on it: it
/// would link the program's stand-ins for functions of the C library.
enum ProofProgram {
    /// Runs a harness; gives its status and what it printed. It waits on a thread of its own, for a harness takes long
    /// and the tests share few.
    static func run(_ arguments: String...) async throws -> (status: Int32, output: String) {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread {
                continuation.resume(with: Result { try runAndWait(arguments) })
            }
        }
    }

    private static func runAndWait(_ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: ChildProgram.path)
            .deletingLastPathComponent().appendingPathComponent("EventLogProof")
        process.arguments = arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }
}

/// A running child program; killed at the latest when it is forgotten.
final class Child {
    let process = Process()
    private let output = Pipe()
    private let input = Pipe()
    private var pending: [UInt8] = []

    init(_ arguments: [String]) throws {
        process.executableURL = URL(fileURLWithPath: ChildProgram.path)
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["SWIFT_BACKTRACE": "enable=no"]) { $1 }
        process.standardOutput = output
        process.standardInput = input
        try process.run()
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    /// The next line of output; nil at its end.
    func line() -> String? {
        while true {
            if let newline = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: pending[..<newline], as: UTF8.self)
                pending.removeFirst(newline + 1)
                return line
            }
            let data = output.fileHandleForReading.availableData
            if data.isEmpty { return nil }
            pending += data
        }
    }

    func lines() -> [String] {
        var lines: [String] = []
        while let line = line() { lines.append(line) }
        process.waitUntilExit()
        return lines
    }

    /// The number at the end of the last complete line of `lines`.
    static func lastNumber(_ lines: [String]) -> UInt64 {
        lines.last.flatMap { $0.split(separator: " ").last }.flatMap { UInt64($0) } ?? 0
    }

    /// Ends the process as a crash does, and gives the lines that it had written.
    func kill9() -> [String] {
        kill(process.processIdentifier, SIGKILL)
        return lines()
    }

    /// Ends the standard input, for which some of the programs wait.
    func finish() {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }
}

/// `count` steps of one or two records; some records are large enough for pages of their own.
func sampleSteps(_ count: Int) -> [Step] {
    (0..<count).map { index in
        let size = index % 17 == 5 ? 3000 : 60 + index % 90
        let first = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ index) }
        return Step(records: index % 3 == 0 ? [first, Array("second of \(index)".utf8)] : [first])
    }
}

/// Creates a log with one commit per step.
@discardableResult
func makeLog(at path: String, _ steps: [Step], options: EventLog.Options = .init()) async throws -> [Record] {
    let log = try EventLog.open(at: path, options: options)
    for step in steps { try await log.append(step) }
    let records = try log.read(from: 1, limit: .max)
    log.close()
    return records
}

/// Replaces every occurrence of `bytes` in the log's data file.
func replace(_ bytes: [UInt8], by other: [UInt8], in path: String) throws -> Int {
    let url = URL(fileURLWithPath: path + "/data.mdb")
    var data = try Data(contentsOf: url)
    var count = 0
    while let range = data.range(of: Data(bytes)) {
        data.replaceSubrange(range, with: other)
        count += 1
    }
    try data.write(to: url)
    return count
}
