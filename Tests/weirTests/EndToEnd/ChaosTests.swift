import BrowserExecutor
import Foundation
import Pool
import Projections
import Testing

extension EndToEnd {
    /// Real faults in a real run.
    @Suite struct Chaos {
        @Test(
            "a run under injected faults succeeds, gives every item once, and tells what came of each (CORE-7)"
        )
        func underFaults() async throws {
            let place = try Workplace()
            let ended = try await place.weir(
                "chaos", "--fault", "renderer_killed", "--fault", "gpu_killed", "--fault", "device_destroyed",
                "--rate", "0.5", "--seed", "30", "--json", "--", "run", "--items", "40000")
            #expect(ended.status == 0, "\(ended)")
            let object = try ended.object()
            let run = try #require(object["run"] as? [String: Any])
            #expect((run["outputs"] as? [Any])?.count == 40_000)
            let told = try #require(object["faults"] as? [[String: Any]])
            let events = try place.events()
            let injected = events.ofType("fault_injected")
            #expect(!injected.isEmpty)
            #expect(told.compactMap { $0["injected"] as? Int }.reduce(0, +) == injected.count)
            let records = events.reduce(into: InjectionHistory()) { $0.apply($1) }.injections
            // One that strikes while its browser is healed goes with the rest, and one just before the end is not seen.
            let seen = records.filter { $0.evidence != nil }
            #expect(!seen.isEmpty, "\(records)")
            for record in seen {
                #expect(record.evidence.map(record.fault.expectedEvidence.contains) == true, "\(record)")
            }
            expectEachItemOnce(events, of: TaskID(3), items: 40_000)
            let browser = try #require(records.first).browser
            let why = try await place.weir("why", "browser:\(browser)")
            #expect(why.out.contains("on purpose"), "\(why)")
            #expect(try await place.weir("verify", "--decisions").status == 0)
            #expect(try await place.leftovers() == [])
        }

        @Test(
            "the engine killed amid a fault leaves no process and no profile behind",
            arguments: InjectedFault.allCases)
        func engineKilled(_ fault: InjectedFault) async throws {
            let place = try Workplace()
            let running = try place.start([
                "chaos", "--fault", "\(fault.name)", "--rate", "20", "--", "run", "--items", "100000",
            ])
            try await place.events(until: "fault") { !$0.ofType("fault_injected").isEmpty }
            running.send(SIGKILL)
            #expect(try await running.end().signal == SIGKILL)
            // A guardian gives what is asked to leave a moment before it kills it.
            #expect(try await place.leftovers(after: .seconds(10)) == [])
        }

        @Test("the table is sound also where Chrome keeps its own limits on crashes of the GPU")
        func table() async throws {
            let place = try Workplace()
            let ended = try await place.weir(
                "chaos", "--table", "--crash-limits", "--fault", "gpu_killed", "--fault", "browser_killed",
                "--repeats", "4", "--log", place.log, "--json")
            #expect(ended.status == 0, "\(ended)")
            let object = try ended.object()
            #expect(object["sound"] as? Bool == true)
            #expect(object["crash_limits"] as? Bool == true)
            let faults = try #require(object["faults"] as? [[String: Any]])
            #expect(faults.compactMap { $0["injected"] as? Int } == [4, 4])
            for fault in faults {
                let medians = ["detection_ms", "healing_ms", "resumption_ms"].compactMap {
                    (fault[$0] as? [String: Any])?["p50"] as? Double
                }
                // Seen, then usable, then at work again.
                #expect(medians.count == 3 && medians == medians.sorted() && medians[0] > 0, "\(fault)")
            }
            let launched = try place.events().compactMap { event -> BrowserLaunched? in
                if case .browserLaunched(let launched) = event.payload { launched } else { nil }
            }
            #expect(launched.allSatisfy { !$0.facts.simulated })
            #expect(
                launched.allSatisfy { !$0.facts.flags.contains("--disable-gpu-process-crash-limit") })
            // The second loss of the GPU within two minutes would leave the page without one.
            #expect(launched.count > 2)
        }

        @Test("wrong usage is refused with 2, and there is no log after it")
        func usage() async throws {
            let place = try Workplace()
            let cases: [(arguments: [String], said: [String])] = [
                (["chaos"], ["weir chaos -- run"]),
                (["chaos", "--", "simulate"], ["must be a run"]),
                (
                    ["chaos", "--fault", "meteor", "--", "run"],
                    ["meteor", "browser_killed", "shader_invalid"]
                ),
                (["chaos", "--rate", "0", "--", "run"], ["--rate is 0", "above 0 to 100"]),
                (["chaos", "--repeats", "3", "--", "run"], ["--table"]),
                (["chaos", "--crash-limits", "--", "run"], ["--crash-limits are for --table"]),
                (["chaos", "--model", "digits", "--", "run"], ["--model"]),
                (["chaos", "--table", "--model", "nothing"], ["nothing", "digits"]),
                (["chaos", "--table", "--repeats", "0"], ["--repeats is 0", "1 to 100"]),
                (["chaos", "--table", "--seed", "3"], ["--table takes"]),
                (["chaos", "--soak", "--", "run"], ["--soak runs every model"]),
                (["chaos", "--soak", "--seconds", "0"], ["--seconds is 0", "1 to 86400"]),
                (["chaos", "--seconds", "3", "--", "run"], ["--seconds and --browsers are for --soak"]),
                (["chaos", "--log", "x", "--", "run"], ["--log is for --table and --soak"]),
                (["chaos", "--list", "--table"], ["--list goes with --json alone"]),
                (["chaos", "--", "run", "--items", "0"], ["--items is 0"]),
                (["chaos", "--", "run", "--nonsense"], ["--nonsense"]),
            ]
            for (arguments, said) in cases {
                let ended = try await place.weir(arguments)
                #expect(ended.status == 2, "\(arguments): \(ended)")
                for part in said { #expect(ended.err.contains(part), "\(arguments): \(ended.err)") }
            }
            #expect(!FileManager.default.fileExists(atPath: place.log))
        }
    }
}
