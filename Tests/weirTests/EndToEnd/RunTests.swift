import Foundation
import Pool
import Testing

extension EndToEnd {
    @Suite struct Running {
        @Test("run classifies the held-out images and names what ran them (EXEC-3)")
        func run() async throws {
            let (place, ended) = try await FinishedRun.shared.get()
            #expect(ended.status == 0, "\(ended)")
            let object = try ended.object()
            let task = try #require(object["task"] as? [String: Any])
            #expect(task["id"] as? Int == 3)
            #expect(task["status"] as? String == "succeeded")
            let total = try #require(task["items_total"] as? Int)
            #expect(total >= 256)
            #expect(task["items_done"] as? Int == total)
            let outputs = try #require(object["outputs"] as? [[String: Any]])
            #expect(outputs.count == total)
            for (index, output) in outputs.enumerated() {
                #expect(output["item"] as? Int == index)
                let label = (output["label"] as? String).flatMap { Int($0) }
                #expect(label.map { (0...9).contains($0) } == true)
                let score = output["score"] as? Double
                #expect(score.map { (0...1).contains($0) } == true)
            }
            let accuracy = try #require(object["accuracy"] as? Double)
            #expect(accuracy >= 0.98)
            let provenance = try #require(object["provenance"] as? [String: Any])
            #expect(provenance["backend"] as? String == "webgpu")
            let adapter = try #require(provenance["adapter"] as? [String: Any])
            #expect((adapter["vendor"] as? String)?.isEmpty == false)
            #expect(adapter["software"] is Bool)
            #expect((provenance["browser"] as? String)?.contains("/") == true)
            #expect((provenance["runtime"] as? String)?.hasPrefix("wgsl") == true)
            let model = try #require(provenance["model"] as? [String: Any])
            #expect(model["name"] as? String == "digits")
            #expect((model["sha256"] as? String)?.count == 64)
            #expect(provenance["simulated"] as? Bool == false)
            #expect(provenance["cold"] as? Bool == true)
            let metrics = try #require(object["metrics"] as? [String: Any])
            for name in ["queue_ms", "load_ms", "compile_ms", "run_ms"] {
                let value = try #require(metrics[name] as? Double)
                #expect(value > 0, "\(name)")
            }
            let log = try #require(object["log"] as? [String: Any])
            #expect(log["path"] as? String == place.log)
            #expect(log["first"] as? Int == 1)
            #expect(log["last"] as? Int == (try place.events().count))
            #expect(try await place.leftovers() == [])
        }

        @Test("verify finds the log of a run sound")
        func verify() async throws {
            let (place, _) = try await FinishedRun.shared.get()
            let ended = try await place.weir("verify", "--json")
            #expect(ended.status == 0, "\(ended)")
            let object = try ended.object()
            #expect(object["ok"] as? Bool == true)
            #expect(object["events"] as? Int == (try place.events().count))
            #expect(object["first_bad"] == nil)
        }

        @Test("state and replay in fresh processes give the digest that was recorded while running (CORE-1)")
        func digests() async throws {
            let (place, _) = try await FinishedRun.shared.get()
            let event = try #require(try place.events().last)
            guard case .stateDigestRecorded(let recorded) = event.payload else {
                Issue.record("the last event is \(event.payload.name)")
                return
            }
            let at = "\(recorded.position)"
            let state = try await place.weir("state", "--at", at, "--json").object()
            #expect(state["position"] as? UInt64 == recorded.position)
            #expect(state["digest"] as? String == recorded.digest.description)
            let replay = try await place.weir("replay", "--to", at, "--json").object()
            #expect(replay["position"] as? UInt64 == recorded.position)
            #expect(replay["digest"] as? String == recorded.digest.description)
            let whole = try await place.weir("replay", "--json")
            #expect(whole.status == 0)
            #expect(try whole.object()["digests_compared"] as? Int == 1)
            #expect(try whole.object()["digests_differing"] as? [Int] == [])
            let step = try await place.weir("replay", "--step", "--json")
            for line in step.lines {
                _ = try JSONSerialization.jsonObject(with: Data(line.utf8))
            }
            let steps = try #require(replay["steps"] as? Int)
            #expect(step.lines.count == steps + 2)
        }

        @Test("every line of log --json is an object, numbered without a gap (LOG-1)")
        func log() async throws {
            let (place, _) = try await FinishedRun.shared.get()
            let ended = try await place.weir("log", "--json")
            #expect(ended.status == 0)
            let known = Set(EventPayload.names.map(\.description))
            for (index, line) in ended.lines.enumerated() {
                let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
                let object = try #require(value as? [String: Any])
                #expect(object["sequence"] as? Int == index + 1)
                let at = try #require(object["at"] as? String)
                #expect(at.wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z/) != nil, "\(at)")
                let type = try #require(object["type"] as? String)
                #expect(known.contains(type))
                let cause = try #require(object["cause"] as? Int)
                #expect(cause <= index)
            }
            #expect(ended.lines.count == (try place.events().count))
        }

        @Test("log shows one event, a range, a type, a task or a browser")
        func filters() async throws {
            let (place, _) = try await FinishedRun.shared.get()
            let events = try place.events()
            #expect(try await place.weir("log", "5").lines.count == 1)
            #expect(try await place.weir("log", "--from", "3", "--to", "6").lines.count == 4)
            let progress = try await place.weir("log", "--type", "run_progressed")
            #expect(progress.lines.count == events.ofType("run_progressed").count)
            let task = try await place.weir("log", "--task", "3")
            #expect(task.lines.count > 8)
            #expect(!task.out.contains("engine_started"))
            let browser = try await place.weir("log", "--browser", "5", "--type", "browser_closed")
            #expect(browser.lines.count == 1)
        }

        @Test("the finished task is listed, and resuming it prints its result without appending")
        func resumeFinished() async throws {
            let (place, first) = try await FinishedRun.shared.get()
            let head = try place.events().count
            let again = try await place.weir("run", "--resume", "3", "--json")
            #expect(again.status == 0, "\(again)")
            #expect(try place.events().count == head)
            let (old, new) = (try first.object(), try again.object())
            let outputs = try #require(old["outputs"] as? NSArray)
            #expect(new["outputs"] as? NSArray == outputs)
            #expect(old["accuracy"] as? Double == new["accuracy"] as? Double)
            let tasks = try #require(try await place.weir("tasks", "--json").json() as? [[String: Any]])
            #expect(tasks.map { $0["status"] as? String } == ["succeeded"])
            let browsers = try #require(try await place.weir("browsers", "--json").json() as? [[String: Any]])
            #expect(browsers.map { $0["status"] as? String } == ["retired"])
        }

        @Test("a browser without WebGPU gives a typed failure and no outputs (EXEC-4)")
        func withoutWebGPU() async throws {
            let place = try Workplace()
            let launcher = try await place.browserWithoutWebGPU()
            let ended = try await place.weir("run", "--json", environment: ["WEIR_CHROME": launcher])
            #expect(ended.status == 1 || ended.status == 3, "\(ended)")
            let object = try ended.object()
            #expect((object["outputs"] as? [Any])?.isEmpty == true)
            let task = try #require(object["task"] as? [String: Any])
            #expect(task["status"] as? String == "failed")
            #expect(task["failure"] as? String == "no_adapter")
            #expect((task["detail"] as? String)?.isEmpty == false)
            #expect(object["provenance"] is NSNull)
            #expect(try await place.leftovers() == [])
            #expect(try await place.weir("verify").status == 0)
        }

        @Test("without a browser nothing is appended, and what was tried is said")
        func withoutBrowser() async throws {
            let place = try Workplace()
            let ended = try await place.weir("run", environment: ["WEIR_CHROME": "/nonexistent"])
            #expect(ended.status == 3)
            #expect(ended.err.contains("/nonexistent"))
            #expect(ended.err.contains("apt-get install"))
            #expect(!FileManager.default.fileExists(atPath: place.log))
        }

        @Test("ten tasks on one model load it once per browser, as the log shows")
        func manyTasks() async throws {
            let place = try Workplace()
            let ended = try await place.weir(
                "run", "--tasks", "10", "--items", "64", "--browsers", "2", "--json")
            #expect(ended.status == 0, "\(ended)")
            let tasks = try #require(try ended.object()["tasks"] as? [[String: Any]])
            #expect(tasks.count == 10 && tasks.allSatisfy { $0["status"] as? String == "succeeded" })
            let events = try place.events()
            // Each browser gets the model once: by its first run, or prepared before it.
            var loads: [BrowserID: Int] = [:]
            var browsers: [ObligationID: BrowserID] = [:]
            for event in events {
                switch event.payload {
                case .runAssigned(let assigned): browsers[ObligationID(event.sequence)] = assigned.browser
                case .runStarted(let started) where started.fetchedBytes > 0:
                    loads[try #require(browsers[started.obligation]), default: 0] += 1
                case .modelPrepared(let prepared) where prepared.fetchedBytes > 0:
                    loads[prepared.browser, default: 0] += 1
                default: break
                }
            }
            #expect(!loads.isEmpty && loads.values.allSatisfy { $0 == 1 }, "\(loads)")
            #expect(events.count { if case .runStarted = $0.payload { true } else { false } } == 10)
            #expect(events.contains { if case .metricsSampled = $0.payload { true } else { false } })
            #expect(try await place.weir("verify").status == 0)
        }

        @Test("several browsers, repeated inputs and a PGM image make one task")
        func inputs() async throws {
            let place = try Workplace()
            let rows = (0..<8).map { row in
                row == 3 || row == 4 ? "255 255 0 0 0 0 255 255" : "255 255 255 0 0 255 255 255"
            }
            let image = try place.write("one.pgm", "P2\n8 8\n255\n" + rows.joined(separator: "\n") + "\n")
            let ended = try await place.weir(
                "run", "--input", image, "--items", "5", "--browsers", "2", "--json")
            #expect(ended.status == 0, "\(ended)")
            let object = try ended.object()
            let labels = try #require(object["outputs"] as? [[String: Any]]).map { $0["label"] as? String }
            #expect(labels.count == 5)
            #expect(Set(labels).count == 1)
            #expect(object["accuracy"] is NSNull)
            let events = try place.events()
            let task = try #require(events.firstSubmitted)
            expectEachItemOnce(events, of: task, items: 5)
        }
    }
}
