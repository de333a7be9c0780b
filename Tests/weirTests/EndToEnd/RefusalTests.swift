import Foundation
import Pool
import Testing

extension EndToEnd {
    @Suite struct Refusals {
        static let taskFiles: [(json: String, said: [String])] = [
            (TaskFileTests.seed, [#"model_name is "bert-base-uncased""#, "digits"]),
            (
                #"{"model_name": "digits", "fault_tolerance": {"failover_strategy": "magic"}}"#,
                ["fault_tolerance.failover_strategy", #""magic""#, "immediate"]
            ),
            (
                #"{"model_name": "digits", "fault_tolerance": {"recovery_timeout": -30}}"#,
                ["fault_tolerance.recovery_timeout", "-30", "above 0"]
            ),
            ("{}", ["model_name is missing"]),
            (#"{"model_name": ["digits"]}"#, ["model_name", #"["digits"]"#]),
            (#"{"model_name": "digits", "model_type": "audio"}"#, ["model_type", "audio", "vision"]),
            (
                #"{"model_name": "digits", "hardware_preferences": {"priority_list": ["cpu"]}}"#,
                ["hardware_preferences.priority_list", "cpu", "webgpu"]
            ),
            (#"{"model_name": "digits""#, ["not valid JSON"]),
        ]

        @Test("a bad task file is refused with 2, and there is no log after it")
        func taskFilesWithoutLog() async throws {
            let place = try Workplace()
            for (json, said) in Self.taskFiles {
                let file = try place.write("task.json", json)
                let ended = try await place.weir("run", "--task", file)
                #expect(ended.status == 2, "\(json): \(ended)")
                #expect(ended.out.isEmpty)
                for part in said { #expect(ended.err.contains(part), "\(ended.err)") }
                #expect(!FileManager.default.fileExists(atPath: place.log))
            }
            #expect(try await place.leftovers() == [])
        }

        @Test("wrong usage is refused with 2, says what is allowed, and appends nothing")
        func usage() async throws {
            let (place, _) = try await FinishedRun.shared.get()
            let head = try place.events().count
            let wrongInput = try place.write("wrong.csv", "1,2,3\n")
            let noInput = try place.write("input.txt", "7")
            let config = try place.write("pool.json", #"{"max_connections": 1, "redundancy_factor": 2}"#)
            let task = try place.write(
                "task.json", #"{"model_name": "digits", "fault_tolerance": {"recovery_timeout": 0}}"#)
            let cases: [(arguments: [String], said: [String])] = [
                (["run", "--items", "0"], ["--items is 0", "1 to 10000000"]),
                (["run", "--items=-3"], ["--items is -3", "1 to 10000000"]),
                (["run", "--items", "many"], ["--items", "many"]),
                (["run", "--browsers", "0"], ["--browsers is 0", "1 to 64"]),
                (["run", "--backend", "tpu"], ["--backend", "tpu", "webgpu"]),
                (["run", "--backend", "cpu"], ["--backend", "cpu", "webgpu"]),
                (["run", "resnet"], ["resnet", "digits"]),
                (["run", "--input", wrongInput], [wrongInput, "line 1", "3 cells", "64 elements"]),
                (["run", "--input", noInput], [noInput, ".csv", ".pgm"]),
                (["run", "--input", "/nonexistent.csv"], ["/nonexistent.csv", "cannot be read"]),
                (["run", "--task", "/nonexistent.json"], ["/nonexistent.json", "cannot be read"]),
                (["run", "--task", task], ["fault_tolerance.recovery_timeout is 0"]),
                (["run", "--config", config], ["redundancy_factor is 2", "max_connections"]),
                (
                    ["run", "other", "--task", try place.write("ok.json", #"{"model_name": "digits"}"#)],
                    ["other", "digits"]
                ),
                (["run", "--resume", "99"], ["--resume is 99", "weir tasks"]),
                (["run", "--resume", "3", "--items", "5"], ["--resume", "--items"]),
                (["run", "--unknown"], ["--unknown"]),
                (["log", "--type", "task_submited"], ["task_submited", "task_submitted"]),
                (["log", "--from", "0"], ["--from is 0"]),
                (["log", "--from", "9", "--to", "3"], ["--from is 9", "--to is 3"]),
                (["log", "100000"], ["100000", "\(head)"]),
                (["log", "3", "--from", "2"], ["--from"]),
                (["state", "--at", "100000"], ["--at is 100000", "\(head)"]),
                (["replay", "--to", "100000"], ["--to is 100000", "\(head)"]),
                (["model", "inspect", "resnet"], ["resnet", "digits"]),
                (["frobnicate"], ["frobnicate"]),
            ]
            for (arguments, said) in cases {
                let ended = try await place.start(arguments).end()
                #expect(ended.status == 2, "\(arguments): \(ended)")
                #expect(ended.out.isEmpty, "\(arguments)")
                for part in said { #expect(ended.err.contains(part), "\(arguments): \(ended.err)") }
            }
            #expect(try place.events().count == head)
        }

        @Test("commands that read make no log where there is none")
        func noLog() async throws {
            let place = try Workplace()
            for command in ["log", "state", "tasks", "browsers", "replay", "verify"] {
                let ended = try await place.weir(command)
                #expect(ended.status == 2, "\(command): \(ended)")
                #expect(ended.err.contains(place.log), "\(command): \(ended.err)")
                #expect(ended.err.contains("weir run") || ended.err.contains("--log"), "\(ended.err)")
            }
            #expect(try await place.weir("run", "--resume", "3").status == 2)
            #expect(!FileManager.default.fileExists(atPath: place.log))
        }

        @Test("a second run on the same log ends with 4 and the holder's pid; readers work meanwhile (LOG-5)")
        func secondWriter() async throws {
            let place = try Workplace()
            let first = try place.start(["run", "--items", "\(Faults.items)"])
            try await place.events(until: "recorded result") { !$0.ofType("run_progressed").isEmpty }
            let follower = try place.start(["log", "--follow", "--json"])
            // It holds the log as long as the others take, however fast it would be done.
            first.send(SIGSTOP)
            let second = try await place.weir("run")
            #expect(second.status == 4, "\(second)")
            #expect(second.err.contains("\(first.pid)"), "\(second.err)")
            let state = try await place.weir("state", "--json")
            #expect(state.status == 0)
            let position = try #require(try state.object()["position"] as? Int)
            #expect(position > 9)
            first.send(SIGCONT)
            #expect(try await first.end().status == 0)
            let events = try place.events()
            let deadline = ContinuousClock.now + .seconds(10)
            while follower.outputSoFar.split(separator: "\n").count < events.count,
                ContinuousClock.now < deadline
            {
                try await Task.sleep(for: .milliseconds(20))
            }
            #expect(follower.isRunning, "it waits for more")
            follower.send(SIGINT)
            let followed = try await follower.end()
            #expect(followed.signal == SIGINT || followed.status == 130, "\(followed)")
            #expect(followed.lines.count == events.count)
        }
    }
}
