import Foundation
import Pool
import PoolSimulator
import Projections
import Testing

@testable import weir

extension EndToEnd {
    /// `weir what-if`, on simulated logs and on those that real browsers recorded.
    @Suite struct WhatIf {
        private static let columns = ["recorded", "recorded_policy", "other_policy"]

        private func place(_ log: SimulatedLog) async throws -> Workplace {
            let place = try Workplace()
            try await log.write(to: place.log)
            return place
        }

        private func figures(_ object: [String: Any]) throws -> [String: [UInt64?]] {
            let rows = try #require(object["figures"] as? [[String: Any]])
            return try rows.reduce(into: [:]) { figures, row in
                let name = try #require(row["name"] as? String)
                figures[name] = [row["recorded"] as? UInt64]
                for column in Self.columns.dropFirst() {
                    figures[name]?.append((row[column] as? [String: Any])?["median"] as? UInt64)
                }
            }
        }

        @Test("what is recorded stands beside what is modelled, in 80 columns, and is told apart")
        func text() async throws {
            let place = try await place(SimulatedLog(seed: 7))
            let policy = try place.write("more.json", #"{"max_connections": 8}"#)
            let ended = try await place.weir("what-if", "--policy", "more.json")
            #expect(ended.status == 0, "\(ended)")
            for line in ended.lines { #expect(line.count <= 80, "\(line)") }
            for part in [
                "events, simulated,", "over the recorded one", "max_connections ", "→ 8",
                "modelled,", "recorded policy", "other policy", "tasks succeeded", "queue wait, p90",
                "recorded  what tasks ask", "modelled  every decision",
                "replayed  recorded policy: as recorded",
                "every invariant holds",
            ] { #expect(ended.out.contains(part), "\(part) in \(ended)") }
            #expect(
                try await place.weir("what-if", "--policy", policy).out
                    == ended.out.replacing("more.json", with: policy))
            let several = try await place.weir("what-if", "--policy", "more.json", "--runs", "5")
            #expect(
                several.status == 0 && several.out.contains("modelled  5 times; the median"), "\(several)")
            for line in several.lines { #expect(line.count <= 80, "\(line)") }
        }

        @Test("the recorded policy gives the recorded ends, and a modelled log is kept and opens everywhere")
        func kept() async throws {
            let place = try await place(SimulatedLog(seed: 4))
            try place.write("same.json", "{}")
            let kept = place.root + "/kept"
            let arguments = ["what-if", "--policy", "same.json", "--json"]
            let object = try await place.weir(arguments + ["--save", kept]).object()
            #expect(object["changes"] as? [String] == [])
            #expect(object["simulated"] as? Bool == true)
            #expect(object["saved"] as? String == kept)
            #expect(object["violations"] as? [String] == [])
            let figures = try figures(object)
            #expect(figures.count == Figure.all.count)
            for (name, values) in figures where name.hasPrefix("tasks_") {
                #expect(Set(values).count == 1, "\(name): \(values)")
            }
            for command in [
                ["verify"], ["replay"], ["tasks"], ["log", "stats"],
                ["bisect", "--condition", "browsers.ready > 0"], ["what-if", "--policy", "same.json"],
            ] {
                let ended = try await place.weir(command + ["--log", kept])
                #expect(ended.status == 0, "\(command): \(ended)")
            }
            #expect(try await place.weir("run", "--log", kept).status != 0, "nothing real is added to it")
            let again = try await place.weir(arguments + ["--save", kept])
            #expect(again.status == 2 && again.err.contains("--save is"), "\(again)")
            // Two processes give the same bytes.
            let (one, two) = (try await place.weir(arguments), try await place.weir(arguments))
            #expect(one.out == two.out && one.status == 0)
        }

        @Test("a policy that is none, or cannot be, is refused with what is known")
        func refusals() async throws {
            let place = try await place(SimulatedLog(seed: 7))
            try place.write("unknown.json", #"{"max_browsers": 8}"#)
            try place.write("strategy.json", #"{"recovery_strategy": "hopeful"}"#)
            try place.write("broken.json", "{")
            try place.write("good.json", "{}")
            let wrong: [([String], String)] = [
                ([], "--policy"), (["--policy", "none.json"], "none.json"),
                (["--policy", "unknown.json"], "max_browsers is 8, but no such field is known"),
                (["--policy", "unknown.json"], "known are max_connections"),
                (["--policy", "strategy.json"], "progressive"),
                (["--policy", "broken.json"], "not valid JSON"),
                (["--policy", "good.json", "--runs", "0"], "--runs is 0; allowed is 1 to 1000"),
                (["--policy", "good.json", "--seed", "\(UInt64.max)"], "leaves no room"),
                (["--policy", "good.json", "--log", place.root + "/nowhere"], "there is no log at"),
            ]
            for (arguments, hint) in wrong {
                let ended = try await place.weir(["what-if"] + arguments)
                #expect(ended.status == 2, "\(arguments): \(ended)")
                #expect(ended.err.contains(hint), "\(arguments): \(ended)")
            }
        }

        @Test("a log without a task, and one whose beginning is in an archive, are refused with what to do")
        func unreplayable() async throws {
            let log = RecordedLog.underWay()
            let place = try Workplace()
            try await log.write(to: place.log)
            try place.write("same.json", "{}")
            let whole = try await place.weir("what-if", "--policy", "same.json", "--json").object()
            #expect(whole["complete"] as? Bool == false)
            #expect(try figures(whole)["tasks_unfinished"] == [1, 1, 1], "\(whole)")
            let through = log.sequence(of: "run_started")
            let retained = try await place.weir("log", "retain", "--through", "\(through)")
            try #require(retained.status == 0, "\(retained)")
            let short = try await place.weir("what-if", "--policy", "same.json")
            #expect(
                short.status == 2 && short.err.contains("up to \(through) were moved to an archive"),
                "\(short)")
            #expect(short.err.contains("weir log import \(place.log)/archives/"), "\(short)")
            let empty = try Workplace()
            try await RecordedLog().write(to: empty.log)
            try empty.write("same.json", "{}")
            let nothing = try await empty.weir("what-if", "--policy", "same.json")
            #expect(nothing.status == 2 && nothing.err.contains("the log is empty"), "\(nothing)")
        }

        @Test("fewer browsers than were kept warm keep fewer warm")
        func warm() throws {
            try withFile(#"{"max_connections": 2}"#) { path in
                let policy = try PolicyOverlay(path: path).apply(
                    to: PoolPolicy(maxConnections: 4, warmBrowsers: 4, leaseMs: 77))
                #expect(policy.maxConnections == 2 && policy.warmBrowsers == 2 && policy.leaseMs == 77)
            }
        }

        @Test("logs of earlier decision revisions are replayed as well", arguments: DecisionFixtures.sound)
        func fixtures(fixture: DecisionFixtures.Fixture) async throws {
            let place = try Workplace()
            let imported = try await place.weir(
                "log", "import", fixture.path, "--log", place.log)
            try #require(imported.status == 0, "\(imported)")
            try place.write("other.json", #"{"recovery_strategy": "progressive", "max_connections": 3}"#)
            let object = try await place.weir("what-if", "--policy", "other.json", "--json").object()
            #expect(object["violations"] as? [String] == [])
        }

        @Test("a log that the real executor recorded is replayed to the same end in about the same time")
        func realLog() async throws {
            let (place, _) = try await FinishedRun.shared.get()
            try place.write("more.json", #"{"max_connections": 4}"#)
            let object = try await place.weir("what-if", "--policy", "more.json", "--json").object()
            #expect(object["simulated"] as? Bool == false)
            let figures = try figures(object)
            #expect(figures["tasks_succeeded"] == [1, 1, 1])
            #expect(figures["items_done"] == [360, 360, 360])
            #expect(figures["browsers_launched"] == [1, 1, 1])
            let times = try #require(figures["task_time_p50_ns"]).map { Double($0 ?? 0) }
            #expect(abs(times[1] / times[0] - 1) < 0.05, "\(times)")
        }

        @Test("a real browser that was killed dies under the same item again, under every strategy")
        func realFault() async throws {
            let place = try Workplace()
            let running = try place.start(["run", "--items", "8000", "--json"])
            let before = try await place.events(until: "recorded result") {
                $0.ofType("run_progressed").count >= 3
            }
            kill(try #require(before.browserPID), SIGKILL)
            let ended = try await running.end()
            try #require(ended.status == 0, "\(ended)")
            for strategy in RecoveryStrategy.names {
                try place.write("other.json", #"{"recovery_strategy": "\#(strategy)"}"#)
                let object = try await place.weir("what-if", "--policy", "other.json", "--json").object()
                let figures = try figures(object)
                #expect(figures["tasks_succeeded"] == [1, 1, 1], "\(strategy)")
                #expect(figures["items_done"] == [8000, 8000, 8000], "\(strategy)")
                // The adaptive one is parallel as long as it knows nothing.
                let taken = strategy == "adaptive" ? "parallel" : strategy
                #expect(figures["recoveries_\(taken)"]?[2] == 1, "\(strategy): \(object)")
                #expect((object["faults"] as? [String: Int]) == ["browser_fails": 1])
                let other = try #require(object["other_policy"] as? [String: Any])
                #expect((other["faults_struck"] as? [String: Int]) == ["browser_fails": 1])
                let lost = try #require(figures["lost_ns"]).map { Double($0 ?? 0) }
                #expect(lost[0] > 0 && abs(lost[1] / lost[0] - 1) < 0.2, "\(lost)")
            }
        }
    }
}
