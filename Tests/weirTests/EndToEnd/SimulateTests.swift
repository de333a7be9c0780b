import Foundation
import Pool
import PoolEngine
import PoolSimulator
import Testing

extension EndToEnd {
    @Suite struct Simulating {
        @Test(
            "the same seed gives the same digest and the same log, byte for byte, in two processes (CORE-1)")
        func twoProcesses() async throws {
            let arguments = ["simulate", "--seed", "11", "--faults", "all", "--tasks", "20", "--json"]
            var seen: [(digest: String, export: Data)] = []
            for _ in 0..<2 {
                let place = try Workplace()
                let object = try await place.weir(arguments + ["--log", place.log]).object()
                let exported = try await place.weir(
                    "log", "export", "--format", "protobuf", "-o", place.root + "/out.weirlog")
                #expect(exported.status == 0, "\(exported)")
                let export = FileManager.default.contents(atPath: place.root + "/out.weirlog")
                seen.append((try #require(object["digest"] as? String), try #require(export)))
            }
            #expect(seen[0].digest == seen[1].digest)
            #expect(seen[0].export == seen[1].export && !seen[0].export.isEmpty)
            let here = Simulation(.drawn(seed: 11, tasks: 20, faults: .all)).run()
            #expect(seen[0].digest == here.digest.description)
            let other = try await Workplace().weir("simulate", "--seed", "12", "--json").object()
            #expect(other["digest"] as? String != seen[0].digest)
        }

        @Test("a simulation's log opens in every command that reads, and says that nothing of it is real")
        func otherCommands() async throws {
            let place = try Workplace()
            let made = try await place.weir("simulate", "--seed", "7", "--log", place.log)
            #expect(made.status == 0, "\(made)")
            for part in ["seed 7", "violations none", "quiet     yes", place.log] {
                #expect(made.out.contains(part), "\(made)")
            }
            let events = try place.events()
            #expect(made.out.contains("events    \(events.count)\n"))
            let task = try #require(events.firstSubmitted)
            let commands = [
                ["verify"], ["verify", "--decisions"], ["replay"], ["state"], ["tasks"], ["browsers"],
                ["log"],
                ["log", "verify"], ["log", "stats"], ["explain", "\(task)"], ["why", "task:\(task)"],
                ["diff", "10", "20"], ["bisect", "--condition", "browsers.ready > 0"],
            ]
            for command in commands {
                let ended = try await place.weir(command)
                #expect(ended.status == (command[0] == "diff" ? 1 : 0), "\(command): \(ended)")
            }
            for command in ["tasks", "browsers"] {
                let ended = try await place.weir(command)
                #expect(ended.out.hasPrefix("SIMULATED: nothing of this is real\n"), "\(ended)")
                let rows = try #require(try await place.weir(command, "--json").json() as? [[String: Any]])
                #expect(!rows.isEmpty && rows.allSatisfy { $0["simulated"] as? Bool == true })
            }
            #expect(try await place.weir("state").out.contains(", SIMULATED"))
            let replayed = try await place.weir("replay", "--json").object()
            #expect((replayed["tasks"] as? [String: Int])?.isEmpty == true)
            #expect((replayed["simulated_tasks"] as? [String: Int])?.isEmpty == false)
        }

        @Test("nothing real is recorded in a simulation's log (EXEC-4)")
        func realRun() async throws {
            let place = try Workplace()
            #expect(try await place.weir("simulate", "--log", place.log).status == 0)
            let head = try place.events().count
            let ended = try await place.weir("run", "--items", "1")
            #expect(ended.status == 2, "\(ended)")
            #expect(ended.err.contains("a simulation's"), "\(ended)")
            #expect(try place.events().count == head)
            #expect(try await place.leftovers() == [])
        }

        @Test("without --log nothing is written, and a folder that is there already is left alone")
        func writing() async throws {
            let place = try Workplace()
            #expect(try await place.weir("simulate").status == 0)
            #expect(!FileManager.default.fileExists(atPath: place.log))
            #expect(try await place.leftovers() == [])
            #expect(try await place.weir("simulate", "--log", place.log).status == 0)
            let head = try place.events().count
            let file = try place.write("file", "")
            for path in [place.log, file] {
                let again = try await place.weir("simulate", "--seed", "2", "--log", path)
                #expect(again.status == 2, "\(again)")
                #expect(again.err.contains("--log is \(path)"), "\(again)")
            }
            #expect(try place.events().count == head)
        }

        @Test("many runs are summed up, some of them through a log on disk, which is removed")
        func manyRuns() async throws {
            let place = try Workplace()
            let arguments = ["simulate", "--runs", "30", "--seed", "5", "--lmdb-runs", "4"]
            let object = try await place.weir(arguments + ["--json"]).object()
            #expect(object["runs"] as? Int == 30 && object["lmdb_runs"] as? Int == 4)
            #expect(object["violations"] as? Int == 0)
            let tally = try await SimulationCampaign(seeds: 5...34, width: 1).run {
                Simulation(.drawn(seed: $0)).run()
            }
            #expect(object["digest"] as? String == tally.digest.description)
            let faults = try #require(object["faults"] as? [String: Int])
            for name in Fault.names { #expect(faults[name] == tally.summary.faults[name], "\(name)") }
            let text = try await place.weir(arguments)
            #expect(text.status == 0)
            for part in ["30 runs", "4 of them with a log on disk", "runs per second", "never     "] {
                #expect(text.out.contains(part), "\(text)")
            }
            for line in text.lines { #expect(line.count <= 80, "\(line)") }
            #expect(try await place.leftovers() == [])
        }

        @Test("an interrupt ends many runs with what was done, and 130")
        func interrupt() async throws {
            let place = try Workplace()
            let running = try place.start([
                "simulate", "--runs", "10000000", "--lmdb-runs", "1000000", "--json",
            ])
            try await Task.sleep(for: .seconds(1))
            running.send(SIGINT)
            let ended = try await running.end(within: .seconds(20))
            #expect(ended.status == 130, "\(ended)")
            let object = try ended.object()
            let runs = try #require(object["runs"] as? Int)
            #expect(runs > 0 && runs < 10_000_000)
            #expect(object["runs_wanted"] as? Int == 10_000_000)
            #expect(try await place.leftovers() == [])
        }

        @Test("wrong usage is refused with 2 and says what is allowed")
        func usage() async throws {
            let place = try Workplace()
            let plan = try place.write("plan.json", #"{"run_hangs_per_mille": 5000}"#)
            let config = try place.write("pool.json", #"{"max_connections": 0}"#)
            let cases: [(arguments: [String], said: [String])] = [
                (["--tasks", "0"], ["--tasks is 0", "1 to 10000"]),
                (["--browsers", "65"], ["--browsers is 65", "1 to 64"]),
                (["--runs", "0"], ["--runs is 0"]),
                (["--lmdb-runs", "3"], ["--lmdb-runs", "--runs", "--log"]),
                (["--runs", "2", "--lmdb-runs", "3"], ["--lmdb-runs is 3", "0 to 2"]),
                (["--seed", "18446744073709551615", "--runs", "2"], ["--seed", "--runs 2"]),
                (["--faults", "some"], ["--faults is some", "none, drawn, all"]),
                (["--faults", plan], [plan, "run_hangs_per_mille is 5000", "0 to 1000"]),
                (["--config", config], [config, "max_connections is 0", "1 to 64"]),
                (["--seed", "first"], ["--seed", "first"]),
            ]
            for (arguments, said) in cases {
                let ended = try await place.weir(["simulate"] + arguments)
                #expect(ended.status == 2, "\(arguments): \(ended)")
                #expect(ended.out.isEmpty, "\(arguments)")
                for part in said { #expect(ended.err.contains(part), "\(arguments): \(ended.err)") }
            }
        }

        @Test("a policy and a plan of faults are taken from files")
        func files() async throws {
            let place = try Workplace()
            let plan = try place.write(
                "plan.json", #"{"injections": [{"at_ms": 1000, "fault": "engine_crashes"}]}"#)
            let config = try place.write(
                "pool.json", #"{"max_connections": 2, "enable_fault_tolerance": false}"#)
            let object = try await place.weir(
                "simulate", "--tasks", "3", "--faults", plan, "--config", config, "--log", place.log, "--json"
            ).object()
            #expect((object["faults"] as? [String: Int])?.filter { $0.value > 0 } == ["engine_crashes": 1])
            #expect(object["engines"] as? Int == 2)
            let policies = try place.events().compactMap { event in
                if case .poolConfigured(let configured) = event.payload { configured.policy } else { nil }
            }
            #expect(policies.count == 2)
            #expect(policies.allSatisfy { $0.maxConnections == 2 && !$0.enableFaultTolerance })
        }

        @Test("recovery strategies are compared within 80 columns, with every output as it should be")
        func comparedStrategies() async throws {
            let place = try Workplace()
            let ended = try await place.weir("simulate", "--compare-strategies", "--runs", "1")
            #expect(ended.status == 0, "\(ended)")
            #expect(ended.out.contains("outputs of every task as without the failure"), "\(ended)")
            #expect(ended.out.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(ended)")
            let object = try await place.weir(
                "simulate", "--compare-strategies", "--runs", "1", "--json"
            ).object()
            let cells = try #require(object["cells"] as? [[String: Any]])
            #expect(cells.count == 2 * 4 * StrategyComparison.evidence.count)
            #expect(cells.allSatisfy { $0["wrong_tasks"] as? Int == 0 })
            let refused = try await place.weir("simulate", "--compare-strategies", "--tasks", "3")
            #expect(refused.status == 2)
            #expect(refused.err.contains("--tasks"), "\(refused)")
            let none = try await place.weir("simulate", "--compare-strategies", "--runs", "0")
            #expect(none.status == 2)
            #expect(none.err.contains("--runs is 0"), "\(none)")
        }

        @Test("the adaptive strategy is compared with the others over drawn worlds, within 80 columns")
        func comparedAdaptive() async throws {
            let place = try Workplace()
            let arguments = ["simulate", "--compare-adaptive", "--runs", "2", "--tasks", "10"]
            let ended = try await place.weir(arguments)
            #expect(ended.status == 0, "\(ended)")
            for strategy in RecoveryStrategy.names {
                #expect(ended.out.contains("\n\(strategy)"), "\(ended)")
            }
            #expect(ended.out.contains("2 worlds, seeds 1 to 2\nbeside "), "\(ended)")
            #expect(ended.out.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(ended)")
            let object = try await place.weir(arguments + ["--json"]).object()
            let worlds = try #require(object["worlds"] as? [[String: Any]])
            #expect(worlds.count == 2)
            #expect((worlds.first?["outcomes"] as? [Any])?.count == RecoveryStrategy.allCases.count)
            let both = try await place.weir("simulate", "--compare-adaptive", "--compare-strategies")
            #expect(both.status == 2)
            #expect(both.err.contains("allowed is one of them"), "\(both)")
        }

        @Test("what predictions of failures are worth is shown by rule, within 80 columns")
        func comparedPredictions() async throws {
            let place = try Workplace()
            let arguments = ["simulate", "--compare-predictions", "--runs", "1", "--tasks", "20"]
            let ended = try await place.weir(arguments)
            #expect(ended.status == 0, "\(ended)")
            for part in ["\nphi ", "\nmodel ", "\nnone ", "PRECISION", "RUNS MOVED", "1 world, seed 1"] {
                #expect(ended.out.contains(part), "\(ended)")
            }
            #expect(ended.out.split(separator: "\n").allSatisfy { $0.count <= 80 }, "\(ended)")
            let worlds = try await place.weir(arguments + ["--json"]).object()["worlds"] as? [[String: Any]]
            #expect((worlds?.first?["outcomes"] as? [Any])?.count == 3)
            let refused = try await place.weir("simulate", "--compare-predictions", "--faults", "all")
            #expect(refused.status == 2)
            #expect(refused.err.contains("--faults is given with --compare-predictions"), "\(refused)")
        }
    }
}
