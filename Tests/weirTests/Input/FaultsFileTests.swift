import Foundation
import Pool
import PoolSimulator
import Testing

@testable import weir

@Suite struct FaultsFileTests {
    private func refusal(_ text: String) throws -> String? {
        try withFile(text) { path in
            do throws(UsageError) {
                _ = try FaultsFile.read(path)
                return nil
            } catch {
                #expect(error.description.hasPrefix(path), "the message begins with the file: \(error)")
                return error.description
            }
        }
    }

    @Test("an empty object is a plan in which nothing goes wrong")
    func empty() throws {
        let plan = try withFile("{}") { path in try FaultsFile.read(path) }
        #expect(plan == FaultPlan())
    }

    @Test("every rate and every other number becomes its field of the plan")
    func numbers() throws {
        var expected = FaultPlan()
        var members: [String] = []
        for (index, rate) in FaultPlan.rates.enumerated() {
            expected[keyPath: rate.path] = UInt32(index) + 1
            members.append("\"\(rate.name)\": \(index + 1)")
        }
        members += [
            #""process_goes_on_per_mille": 100"#, #""hold_tasks_per_mille": 200"#, #""slowest_times": 3"#,
            #""burst_times": 4"#, #""longest_stall_ms": 5"#, #""longest_burst_ms": 6"#,
            #""durability_delay_ms": 7"#, #""ends_at_ms": 8"#,
        ]
        expected.processGoesOnPerMille = 100
        expected.holdTasksPerMille = 200
        expected.slowestTimes = 3
        expected.burstTimes = 4
        expected.longestStallMs = 5
        expected.longestBurstMs = 6
        expected.durabilityDelayMs = 7
        expected.endsAtMs = 8
        let plan = try withFile("{" + members.joined(separator: ",") + "}") { path in
            try FaultsFile.read(path)
        }
        #expect(plan == expected)
    }

    @Test("every kind of fault can be ordered for a time")
    func injections() throws {
        let values: [String: String] = [
            "launch_fails": #""evidence": "adapter_gone""#, "browser_slow": #""times": 5"#,
            "browser_ails":
                #""ailment": "memory_leaks", "after_ms": 9, "lasts_ms": 8, "times": 3, "evidence": "renderer_killed""#,
            "browser_wrong": #""by": 2"#,
            "browser_fails": #""evidence": "device_lost", "process_ended": false, "browser": 9"#,
            "browsers_fail": #""evidence": "gpu_process_lost""#, "run_fails": #""failure": "shader_invalid""#,
            "prepare_fails": #""failure": "executor_fault""#, "engine_crashes": #""hold_tasks": true"#,
            "engine_stalls": #""ms": 70"#, "burst": #""ms": 80"#,
        ]
        let objects = Fault.names.enumerated().map { index, name in
            let value = values[name].map { ", " + $0 } ?? ""
            return "{\"at_ms\": \(index), \"fault\": \"\(name)\"\(value)}"
        }
        try withFile("{\"injections\": [\(objects.joined(separator: ","))]}") { path in
            let injections = try FaultsFile.read(path).injections
            #expect(injections.map(\.fault.name) == Fault.names)
            #expect(injections.map(\.atMs) == (0..<UInt64(Fault.names.count)).map { $0 })
            let faults = injections.map(\.fault)
            for expected in [
                .launchFails(.adapterGone), .browserSlow(times: 5),
                .browserAils(
                    Ailment(
                        kind: .memoryLeaks, afterMs: 9, lastsMs: 8, times: 3, end: .fails(.rendererKilled))),
                .browserWrong(by: 2),
                .browserFails(.deviceLost, processEnded: false),
                .browsersFail(.gpuProcessLost, processEnded: true), .runFails(.shaderInvalid),
                .prepareFails(.executorFault), .engineCrashes(holdTasks: true),
                .engineStops(holdTasks: false), .engineStalls(ms: 70), .burst(ms: 80),
            ] as [Fault] {
                #expect(faults.contains(expected), "\(expected)")
            }
            #expect(injections.compactMap(\.browser) == [BrowserID(9)])
        }
    }

    @Test("what is wrong is refused with its path, its value and what is allowed")
    func refusals() throws {
        let injection = { (members: String) in "{\"injections\": [{\(members)}]}" }
        let cases: [(text: String, said: [String])] = [
            (#"{"launch_fail": 3}"#, ["launch_fail is 3", "launch_fails_per_mille", "injections"]),
            (#"{"run_hangs_per_mille": 1001}"#, ["run_hangs_per_mille is 1001", "0 to 1000"]),
            (#"{"hold_tasks_per_mille": "often"}"#, [#"hold_tasks_per_mille is "often""#, "0 to 1000"]),
            (#"{"slowest_times": 1}"#, ["slowest_times is 1", "2 to 1000"]),
            (#"{"burst_times": 0}"#, ["burst_times is 0", "1 to 1000"]),
            (#"{"ends_at_ms": -1}"#, ["ends_at_ms is -1", "0 to 86400000"]),
            (#"{"longest_stall_ms": 0}"#, ["longest_stall_ms is 0", "1 to 86400000"]),
            (#"{"injections": 7}"#, ["injections is 7", "an array of objects"]),
            (injection(#""fault": "run_hangs""#), ["injections[0].at_ms is missing", "0 to 86400000"]),
            (injection(#""at_ms": 5"#), ["injections[0].fault is missing", "launch_fails"]),
            (
                injection(#""at_ms": 5, "fault": "fire""#),
                [#"injections[0].fault is "fire""#, "browsers_fail"]
            ),
            (
                injection(#""at_ms": 5, "fault": "browser_fails""#),
                ["injections[0].evidence is missing", "device_lost"]
            ),
            (
                injection(#""at_ms": 5, "fault": "browser_fails", "evidence": "smoke""#),
                [#"injections[0].evidence is "smoke""#, "device_lost"]
            ),
            (
                injection(#""at_ms": 5, "fault": "run_fails", "failure": "bad""#),
                [#"injections[0].failure is "bad""#, "shader_invalid"]
            ),
            (
                injection(#""at_ms": 5, "fault": "engine_stops", "hold_tasks": 1"#),
                ["injections[0].hold_tasks is 1", "true or false"]
            ),
            (
                injection(#""at_ms": 5, "fault": "burst""#),
                ["injections[0].ms is missing", "1 to 86400000"]
            ),
            (
                injection(#""at_ms": 5, "fault": "browser_slow", "times": 1"#),
                ["injections[0].times is 1", "2 to 1000"]
            ),
            (injection(#""at_ms": 5, "what": 1"#), ["injections[0].what is 1", "at_ms, fault"]),
            ("[]", ["a JSON object is needed"]),
        ]
        for (text, said) in cases {
            let message = try #require(try refusal(text), "\(text)")
            for part in said { #expect(message.contains(part), "\(text): \(message)") }
        }
    }
}
