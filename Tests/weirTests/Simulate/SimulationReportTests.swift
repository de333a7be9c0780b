import ArgumentParser
import Foundation
import Pool
import PoolEngine
import PoolSimulator
import Testing

@testable import weir

/// What is said of simulations that fail. No seed fails with the core as it is, so results are altered here.
@Suite struct SimulationReportTests {
    private static let violation = InvariantViolation(
        invariant: .core6, sequence: 12, detail: "allocation 9 has outlived its task 3")

    private func request(_ change: (inout SimulateOptions) -> Void = { _ in }) throws -> SimulateRequest {
        var options = try SimulateOptions.parse([])
        change(&options)
        return try SimulateRequest(options)
    }

    private static func failing(_ seed: UInt64) -> SimulationResult {
        var result = Simulation(.drawn(seed: seed)).run()
        if seed == 4 || seed == 6 { result.violations = [violation] }
        return result
    }

    @Test("the command that runs a seed again has all that it follows from, as a shell takes it")
    func command() throws {
        let file = NSTemporaryDirectory() + "weir tests' \(UUID().uuidString).json"
        try Data(#"{"run_hangs_per_mille": 9}"#.utf8).write(to: URL(fileURLWithPath: file))
        defer { try? FileManager.default.removeItem(atPath: file) }
        let request = try request {
            $0.tasks = 5
            $0.browsers = 3
            $0.faults = file
            $0.runs = 100
        }
        let quoted = "'" + file.replacing("'", with: "'\\''") + "'"
        #expect(
            request.command(seed: 42) == "weir simulate --seed 42 --tasks 5 --browsers 3 --faults \(quoted)")
        #expect(
            try self.request().command(seed: 1, log: "DIR") == "weir simulate --seed 1 --log DIR")
        #expect(request.configuration(seed: 42).faults.runHangsPerMille == 9)
    }

    @Test("runs with a log on disk are as many as are wanted, and spread evenly")
    func spread() throws {
        for (runs, disk) in [(1000, 20), (7, 7), (10, 3), (5, 0), (1, 1)] {
            let request = try request {
                $0.seed = 100
                $0.runs = runs
                $0.lmdbRuns = disk
            }
            let chosen = (0..<UInt64(runs)).filter { request.usesDisk(100 + $0) }
            #expect(chosen.count == disk)
            let gaps = zip(chosen.dropFirst(), chosen).map { $0 - $1 }
            if let least = gaps.min(), let most = gaps.max() { #expect(most - least <= 1) }
        }
    }

    @Test("runs that fail are named with the command that shows each, in 80 columns")
    func campaign() async throws {
        let tally = try await SimulationCampaign(seeds: 3...8, width: 2).run(simulate: Self.failing)
        let report = CampaignReport(
            request: try request {
                $0.seed = 3
                $0.runs = 6
            }, tally: tally, seconds: 2, onDisk: 0, wasInterrupted: false, shrunk: nil,
            offer: "weir simulate --seed 4 --log DIR")
        let text = report.text
        for part in [
            "6 runs", "violations 2", "failed    2 runs", "weir simulate --seed 4\n",
            "weir simulate --seed 6\n",
            "CORE-6 does not hold at event 12", "weir simulate --seed 4 --log DIR", "3.0 runs per second",
        ] { #expect(text.contains(part), "\(text)") }
        for line in text.split(separator: "\n") { #expect(line.count <= 80, "\(line)") }
        let object = try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any]
        let failed = try #require(object?["failed"] as? [[String: Any]])
        #expect(failed.map { $0["seed"] as? Int } == [4, 6])
        #expect(failed.first?["command"] as? String == "weir simulate --seed 4")
        #expect(object?["violations"] as? Int == 2)
    }

    @Test("a command to be copied is not broken, however long it is")
    func longCommand() {
        var lines = LabelledLines()
        let command = "weir simulate --log " + Array(repeating: "long", count: 30).joined(separator: " ")
        lines.add("again", whole: command)
        #expect(lines.lines == ["again     " + command])
    }

    @Test("what never came about is named, kind by kind")
    func missing() async throws {
        var lines = LabelledLines()
        SummaryReport(Simulation(.drawn(seed: 1, faults: .none)).run().summary).add(
            to: &lines, namesMissing: true)
        #expect(lines.text.contains("never     "))
        let words = lines.text.split(whereSeparator: \.isWhitespace).map(String.init)
        for name in Fault.names { #expect(words.contains { $0.hasPrefix(name) }, "\(name)") }
        for line in lines.lines { #expect(line.count <= 80, "\(line)") }
    }

    @Test("a run that fails says why, how to run it again, and what is left of it when it is shrunk")
    func single() throws {
        let result = Self.failing(4)
        let shrunk = try #require(
            SimulationShrinker.shrink(.drawn(seed: 4)) { $0.summary.events["task_granted"] > 0 })
        let report = SimulationReport(
            seed: 4, result: result, command: "weir simulate --seed 4", logPath: "there",
            shrunk: ShrunkReport(shrunk: shrunk, logPath: "there-smallest"))
        for part in [
            "violations 1", "CORE-6 does not hold", "again     weir simulate --seed 4", "smallest  1 task,",
            "its log is in there-smallest", "log       there\n",
        ] { #expect(report.text.contains(part), "\(report.text)") }
        let object = try JSONSerialization.jsonObject(with: Data(report.json.utf8)) as? [String: Any]
        let violations = try #require(object?["violations"] as? [[String: Any]])
        #expect(violations.first?["invariant"] as? String == "CORE-6")
        #expect((object?["smallest"] as? [String: Any])?["log"] as? String == "there-smallest")
    }
}
