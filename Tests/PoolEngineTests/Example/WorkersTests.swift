import EventLog
import Foundation
import Pool
import PoolEngine
import Testing

@Suite("The example host of worker processes")
struct WorkersTests {
    private static let program: URL = {
        var folder = URL(fileURLWithPath: "/proc/self/exe").resolvingSymlinksInPath()
        // The test bundle may be run by a program elsewhere; its own path is then an argument.
        if let bundle = CommandLine.arguments.first(where: { $0.hasSuffix(".xctest") }) {
            folder = URL(fileURLWithPath: bundle)
        }
        return folder.deletingLastPathComponent().appendingPathComponent("Workers")
    }()

    /// Runs the example with a log in a folder of its own; gives its status, what it printed, and the log's folder.
    private static func run() throws -> (status: Int32, lines: [String], log: String) {
        let log = NSTemporaryDirectory() + "/workers-\(UUID().uuidString)"
        let (process, output) = (Process(), Pipe())
        process.executableURL = program
        process.arguments = [log]
        process.standardOutput = output
        try process.run()
        DispatchQueue.global().asyncAfter(deadline: .now() + 45) {
            if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        }
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n").map(String.init)
        return (process.terminationStatus, lines, log)
    }

    @Test(
        "recovers from kills: every item has one result, and the log is sound and decided so again (CORE-2, CORE-7)",
        .timeLimit(.minutes(1)))
    func recovers() throws {
        let (status, lines, log) = try Self.run()
        defer { try? FileManager.default.removeItem(atPath: log) }
        #expect(status == 0, "\(lines)")
        // On a machine that is busy a run may end before its worker is killed.
        let killed = lines.count { $0.contains("is killed while it runs task") }
        let failed = lines.count { $0.contains("signal 9") }
        #expect((1...3).contains(killed) && failed == killed, "\(lines)")
        #expect(lines.last == "3 of 3 tasks have the result of every item once")

        #expect(try EventLogVerifier.verifyInProcess(path: log).ok)
        let store = LogEventStore(try EventLog.open(at: log))
        var steps: [[Event]] = []
        try store.forEachEvent { event, beginsStep in
            if beginsStep { steps.append([]) }
            steps[steps.count - 1].append(event)
        }
        var check = DecisionCheck()
        for step in steps { try check.check(step) }
        #expect(check.stepsOfOtherRevisions == 0)
        #expect(check.state.tasks.isEmpty && check.state.browsers.isEmpty)
        let payloads = steps.joined().map(\.payload)
        let committed = payloads.count { if case .recoveryCommitted = $0 { true } else { false } }
        #expect(committed >= 1)
        // No worker is left behind.
        for case .browserLaunched(let launched) in payloads {
            #expect(kill(pid_t(launched.facts.pid), 0) == -1, "worker \(launched.browser)")
        }
    }

    @Test("has fewer than 150 lines")
    func size() throws {
        let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../../Sources/Examples/Workers")
        let lines = try FileManager.default.contentsOfDirectory(atPath: folder.path).map { name in
            try String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8).count { $0 == "\n" }
        }
        #expect(lines.count == 2 && lines.reduce(0, +) < 150)
    }
}
