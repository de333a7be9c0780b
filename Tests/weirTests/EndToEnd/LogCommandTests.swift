import EventLog
import Foundation
import Pool
import PoolEngine
import Projections
import Testing

extension EndToEnd {
    /// `weir log` and its subcommands, on logs that no browser was needed for.
    @Suite struct LogCommands {
        private func sequences(_ ended: Ended) throws -> [UInt64] {
            try ended.lines.map { line in
                let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                return try #require(object?["sequence"] as? UInt64)
            }
        }

        private func place(_ log: RecordedLog) async throws -> Workplace {
            let place = try Workplace()
            try await log.write(to: place.log)
            return place
        }

        private func chain(_ place: Workplace, _ folder: String? = nil) async throws -> String {
            let ended = try await place.weir("log", "verify", "--json", "--log", folder ?? place.log)
            #expect(ended.status == 0, "\(ended)")
            return try #require(try ended.object()["chain"] as? String)
        }

        // MARK: Showing

        @Test("events of a task, a browser and types are found as a fold of the log files them")
        func filters() async throws {
            let log = RecordedLog.underWay()
            let place = try await place(log)
            var index = EntityIndex()
            var about: [(event: Event, subjects: EventSubjects)] = []
            for event in log.steps.joined() {
                index.apply(event)
                about.append((event, index.current))
            }
            let browser = BrowserID(log.sequence(of: "browser_launch_decided"))
            let second = TaskID(log.sequence(of: "task_submitted"))
            for task in [TaskID(3), second] {
                let shown = try await place.weir("log", "--task", "\(task)", "--json")
                let expected = about.filter { $0.subjects.task == task }.map(\.event.sequence)
                #expect(expected.count > 5)
                #expect(try sequences(shown) == expected, "\(shown)")
            }
            let ofBrowser = try await place.weir("log", "--browser", "\(browser)", "--json")
            #expect(
                try sequences(ofBrowser)
                    == about.filter { $0.subjects.browser == browser }.map(\.event.sequence))
            let both = try await place.weir(
                "log", "show", "--browser", "\(browser)", "--task", "\(second)", "--type", "run_started",
                "--type", "run_progressed", "--json")
            #expect(
                try sequences(both)
                    == about.filter {
                        $0.subjects.task == second
                            && ["run_started", "run_progressed"].contains($0.event.payload.name.description)
                    }.map(\.event.sequence))
            let types = try await place.weir(
                "log", "--type", "task_queued", "--type", "task_submitted", "--from", "4", "--json")
            #expect(
                try sequences(types)
                    == about.map(\.event).filter {
                        $0.sequence >= 4 && $0.payload.name.description.hasPrefix("task_")
                            && ["task_queued", "task_submitted"].contains($0.payload.name.description)
                    }.map(\.sequence))
            #expect(
                try sequences(await place.weir("log", "--from", "2", "--to", "4", "--json")) == [2, 3, 4])
            #expect(try sequences(await place.weir("log", "4", "--json")) == [4])
            #expect(try await place.weir("log", "400").status == 2)
            #expect(try await place.weir("log", "--type", "nothing").status == 2)
        }

        @Test("following shows what comes, of what was asked for only")
        func follow() async throws {
            let log = RecordedLog.sound()
            let place = try await place(log)
            let following = try place.start(["log", "--task", "3", "--follow", "--to", "40", "--json"])
            let writer = try EventLog.open(at: place.log)
            let head = try writer.head()
            for sequence in head + 1...40 {
                let event = Event(
                    sequence: sequence, at: log.state.lastEventAt, cause: 0,
                    payload: TaskCancelRequested(task: TaskID(3)).payload)
                var step = Step()
                let task: [StreamID] = sequence % 2 == 0 ? [StreamID(TaskID(3))] : []
                step.append(event.encoded(), type: 14, streams: task)
                try await writer.append(step)
            }
            let deadline = ContinuousClock.now + .seconds(30)
            while !following.outputSoFar.contains("\"sequence\":40"), ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(20))
            }
            let shown = following.outputSoFar.split(separator: "\n")
            #expect(shown.count { $0.contains("task_cancel_requested") } == Int(40 - head + 1) / 2)
            following.send(SIGINT)
            _ = try await following.end()
            writer.close()
        }

        // MARK: Counting and copying

        @Test("stats count events by type")
        func stats() async throws {
            let log = RecordedLog.sound()
            let place = try await place(log)
            let object = try await place.weir("log", "stats", "--json").object()
            #expect(object["events"] as? Int == log.steps.joined().count)
            #expect(object["steps"] as? Int == log.steps.count)
            let types = try #require(object["types"] as? [String: [String: Any]])
            #expect(types.keys.sorted() == Set(log.steps.joined().map(\.payload.name.description)).sorted())
            #expect(types["run_progressed"]?["events"] as? Int == 1)
            let text = try await place.weir("log", "stats")
            #expect(text.status == 0 && text.out.contains("run_progressed"))
            #expect(text.lines.allSatisfy { $0.count <= 80 }, "\(text.out)")
        }

        @Test("a backup is a log with the same chain, and takes no place that is taken")
        func backup() async throws {
            let place = try await place(.underWay())
            let copy = place.root + "/copy"
            let ended = try await place.weir("log", "backup", copy, "--json")
            #expect(ended.status == 0, "\(ended)")
            #expect(try await chain(place) == chain(place, copy))
            #expect(try await place.weir("verify", "--log", copy).status == 0)
            #expect(try await place.weir("log", "backup", copy).status == 2)
            #expect(try await place.weir("log", "backup", "x", "--log", place.root + "/none").status == 2)
        }

        @Test("an export makes the same log again", arguments: ["protobuf", "jsonl", "cloudevents"])
        func exports(format: String) async throws {
            let place = try await place(.underWay())
            let file = place.root + "/export"
            let ended = try await place.weir("log", "export", "--format", format, "-o", file, "--json")
            #expect(ended.status == 0, "\(ended)")
            #expect(try ended.object()["chain"] as? String == (try await chain(place)))
            let copy = place.root + "/imported"
            let imported = try await place.weir("log", "import", file, "--log", copy)
            #expect(imported.status == 0, "\(imported)")
            #expect(try await chain(place) == chain(place, copy))
            #expect(try await place.weir("verify", "--log", copy).status == 0)
            #expect(try await place.weir("log", "import", file, "--log", copy).status == 2)
            #expect(try await place.weir("log", "export", "-o", file).status == 2, "it exists")
            if format != "protobuf" {
                let written = try String(contentsOfFile: file, encoding: .utf8)
                #expect(written.contains("task_submitted") && written.contains("digits"))
            }

            var bytes = try Data(contentsOf: URL(fileURLWithPath: file))
            bytes.removeLast(bytes.count / 3)
            try bytes.write(to: URL(fileURLWithPath: file))
            let broken = try await place.weir("log", "import", file, "--log", place.root + "/broken")
            #expect(broken.status == 1, "\(broken)")
            #expect(!FileManager.default.fileExists(atPath: place.root + "/broken"))
        }

        @Test("an export to standard output is the export and nothing else")
        func exportToPipe() async throws {
            let log = RecordedLog.sound()
            let place = try await place(log)
            let ended = try await place.weir("log", "export")
            #expect(ended.status == 0 && ended.err.isEmpty, "\(ended)")
            let records = ended.lines.count { $0.contains("\"item\":\"record\"") }
            #expect(records == log.steps.joined().count)
            #expect(try await place.weir("log", "export", "--json").status == 2)
            #expect(try await place.weir("log", "import", "nothing", "--log", "x").status == 2)
        }

        // MARK: Letting go

        @Test("after a retention the rest is a log that everything works on")
        func retain() async throws {
            let log = RecordedLog.underWay()
            let place = try await place(log)
            let second = TaskID(log.sequence(of: "task_submitted"))
            let browser = BrowserID(log.sequence(of: "browser_launch_decided"))
            let digest = try await place.weir("state", "--json").object()["digest"] as? String
            let whole = place.root + "/whole"
            #expect(try await place.weir("log", "backup", whole).status == 0)

            let through = log.sequence(of: "run_started")
            let ended = try await place.weir("log", "retain", "--through", "\(through)", "--json")
            #expect(ended.status == 0, "\(ended)")
            let report = try ended.object()
            #expect(report["base"] as? UInt64 == through)
            let archive = try #require(report["archive"] as? String)

            // The log says where they went: name and chain are those of the archive.
            let events = try place.events()
            #expect(events.first?.sequence == through + 1)
            guard case .retentionPointSet(let point) = events.last?.payload else {
                Issue.record("the last event is \(String(describing: events.last))")
                return
            }
            #expect(point.position == through)
            #expect(archive.hasSuffix("/" + point.archive))
            #expect(point.chain.description == report["chain"] as? String)
            #expect(FileManager.default.fileExists(atPath: archive))

            #expect(try await place.weir("verify").status == 0)
            #expect(try await place.weir("replay").status == 0)
            let before = try await place.weir("state", "--at", "\(through + 1)", "--json")
            #expect(try before.object()["digest"] as? String == digest)

            let tasks = try await place.weir("tasks", "--json")
            let listed = try #require(try tasks.json() as? [[String: Any]])
            #expect(listed.map { $0["id"] as? UInt64 } == [second.sequence])
            #expect(listed.first?["items_done"] as? Int == 1)
            #expect(listed.first?["status"] as? String == "running")
            #expect(tasks.err.contains("archive"))
            let browsers = try #require(
                try await place.weir("browsers", "--json").json() as? [[String: Any]])
            #expect(browsers.map { $0["id"] as? UInt64 } == [browser.sequence])
            #expect(browsers.first?["status"] as? String == "busy")
            let shown = try await place.weir("log", "--task", "\(second)", "--json")
            #expect(try sequences(shown) == [through + 1])

            for command in [["log", "1"], ["state", "--at", "1"], ["replay", "--to", "1"]] {
                let refused = try await place.weir(command)
                #expect(refused.status == 2, "\(refused)")
                #expect(refused.err.contains(archive), "\(refused)")
            }

            // What the work in hand needs stays, whichever event named it.
            let inputs = try #require(
                try LogEventSource(EventLog.openForReading(at: place.log)).foldedState().blobs.first)
            let reader = try EventLog.openForReading(at: place.log)
            #expect(try LogEventSource(reader).blob(inputs).count == 5_000)
            reader.close()

            // Archive and rest are the whole again.
            let rest = place.root + "/rest"
            #expect(try await place.weir("log", "export", "-o", rest).status == 0)
            let joined = place.root + "/joined"
            let imported = try await place.weir("log", "import", archive, rest, "--log", joined)
            #expect(imported.status == 0, "\(imported)")
            #expect(try await chain(place) == chain(place, joined))
            let all = try await place.weir("log", "--log", joined, "--json")
            let original = try await place.weir("log", "--log", whole, "--json")
            #expect(all.out.hasPrefix(original.out))
            #expect(try await place.weir("verify", "--log", joined).status == 0)
        }

        @Test("a log is shortened again and again")
        func retainTwice() async throws {
            let log = RecordedLog.underWay()
            let place = try await place(log)
            for type in ["browser_launched", "run_completed", "task_submitted", "run_progressed"] {
                let through = log.sequence(of: type)
                let ended = try await place.weir("log", "retain", "--through", "\(through)")
                #expect(ended.status == 0, "\(type): \(ended)")
                #expect(try await place.weir("verify").status == 0)
            }
            let object = try await place.weir("log", "verify", "--json").object()
            #expect(object["archives"] as? Int == 4)
            #expect(try await place.weir("state").status == 0)
            #expect(
                try await place.weir("log", "retain", "--through", "2").status == 2, "they have left")
        }

        @Test("a retention that an engine's log forbids, or that asks for nothing, changes nothing")
        func refusedRetention() async throws {
            let place = try await place(.sound())
            let before = try await chain(place)
            #expect(try await place.weir("log", "retain").status == 2)
            #expect(try await place.weir("log", "retain", "--through", "3", "--keep-days", "3").status == 2)
            #expect(try await place.weir("log", "retain", "--through", "999").status == 2)
            let unknown = try await place.weir(
                "log", "retain", "--through", "1", "--log", place.root + "/none")
            #expect(unknown.status == 2)
            #expect(!FileManager.default.fileExists(atPath: place.root + "/none"))
            // The events are of 2023.
            let none = try await place.weir("log", "retain", "--keep-days", "20000")
            #expect(none.status == 0, "\(none)")
            let held = try EventLog.open(at: place.log)
            #expect(try await place.weir("log", "retain", "--through", "4").status == 4)
            held.close()
            #expect(try await chain(place) == before)
            let old = try await place.weir("log", "retain", "--keep-days", "30", "--json")
            #expect(try old.object()["base"] as? Int == RecordedLog.sound().steps.joined().count)
        }

        // MARK: Snapshots

        @Test("a snapshot that is damaged is passed over with a note, for the same state (CORE-3)")
        func damagedSnapshot() async throws {
            let place = try await place(.underWay())
            let digest = try await place.weir("state", "--json").object()["digest"] as? String
            let reader = try EventLog.openForReading(at: place.log)
            let state = try LogEventSource(reader).foldedState()
            try reader.save(state.snapshot)
            reader.close()
            let used = try await place.weir("state", "--json")
            #expect(try used.object()["digest"] as? String == digest)
            #expect(used.err.isEmpty)
            let folder = place.log + "/snapshots/" + PoolState.snapshotName
            let name = try #require(try FileManager.default.contentsOfDirectory(atPath: folder).first)
            var bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
            bytes[bytes.count - 3] ^= 4
            try bytes.write(to: URL(fileURLWithPath: folder + "/" + name))
            let noted = try await place.weir("state", "--json")
            #expect(noted.status == 0)
            #expect(try noted.object()["digest"] as? String == digest)
            #expect(noted.err.contains(name), "\(noted)")
            #expect(try await place.weir("replay").status == 0)
        }
    }
}
