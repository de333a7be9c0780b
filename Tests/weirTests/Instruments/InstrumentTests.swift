import Foundation
import Pool
import Testing

extension EndToEnd {
    /// The commands that read a log to say why things are as they are.
    @Suite struct Instruments {
        private func place(_ log: RecordedLog = .underWay()) async throws -> Workplace {
            let place = try Workplace()
            try await log.write(to: place.log)
            return place
        }

        /// The beginning of a log has moved to an archive; what runs has stayed.
        private func shortened(_ log: RecordedLog) async throws -> Workplace {
            let place = try await place(log)
            let through = log.sequence(of: "run_started")
            let ended = try await place.weir("log", "retain", "--through", "\(through)")
            try #require(ended.status == 0, "\(ended)")
            return place
        }

        private func expectColumns(_ ended: Ended, sourceLocation: SourceLocation = #_sourceLocation) {
            for line in ended.lines {
                #expect(line.count <= 80, "\(line)", sourceLocation: sourceLocation)
            }
        }

        // MARK: explain

        @Test("a decision is explained by its terms, its step and its causes")
        func explainDecision() async throws {
            let log = RecordedLog.sound()
            let place = try await place(log)
            let grant = log.sequence(of: "task_granted")
            let text = try await place.weir("explain", "\(grant)")
            #expect(text.status == 0, "\(text)")
            expectColumns(text)
            for part in ["task_granted, decision", "candidates[0]", "score 1600", "lease_ms", "of event 2"] {
                #expect(text.out.contains(part), "\(part) in \(text)")
            }
            let object = try await place.weir("explain", "\(grant)", "--json").object()
            #expect(object["kind"] as? String == "decision")
            #expect(object["policy_event"] as? UInt64 == 2)
            let causes = try #require(object["causes"] as? [[String: Any]])
            #expect(causes.compactMap { $0["type"] as? String } == ["task_queued", "task_submitted"])
            let terms = try #require(object["terms"] as? [String: [String: Any]])
            #expect(terms["event"]?["candidates[0].load"] as? Int == 200)
            #expect(terms["pool"]?["pool.queue"] as? [UInt64] == [3])
            let step = try #require(object["step"] as? [[String: Any]])
            #expect(step.first?["type"] as? String == "browser_launched")
            #expect(step.count == 3)
        }

        @Test("an observation is explained by what it reports, answers and led to")
        func explainObservation() async throws {
            let log = RecordedLog.sound()
            let place = try await place(log)
            let launched = log.sequence(of: "browser_launched")
            let object = try await place.weir("explain", "\(launched)", "--json").object()
            #expect(object["kind"] as? String == "observation")
            let decisions = try #require(object["decisions"] as? [[String: Any]])
            #expect(decisions.compactMap { $0["type"] as? String } == ["task_granted", "run_assigned"])
            let causes = try #require(object["causes"] as? [[String: Any]])
            #expect(
                causes.compactMap { $0["type"] as? String } == ["browser_launch_decided", "task_submitted"])
            let text = try await place.weir("explain", "\(launched)")
            #expect(text.out.contains("decided on it"))
            let outside = try await place.weir("explain", "1")
            #expect(outside.out.contains("it comes from outside"))
            #expect(outside.out.contains("nothing was decided on it"))
        }

        @Test("every event of a simulated log is explained within 80 columns")
        func explainAll() async throws {
            let fixture = try #require(DecisionFixtures.sound.first { $0.description.contains("-31.") })
            let place = try await fixture.imported()
            for event in try place.events() {
                let ended = try await place.weir("explain", "\(event.sequence)")
                #expect(ended.status == 0, "\(ended)")
                expectColumns(ended)
            }
        }

        @Test("an event that the log does not have, or has no more, is refused")
        func explainUnknown() async throws {
            let log = RecordedLog.underWay()
            let place = try await shortened(log)
            let unknown = try await place.weir("explain", "9999")
            #expect(unknown.status == 2)
            #expect(unknown.err.contains("the log has no event 9999"))
            let archived = try await place.weir("explain", "3")
            #expect(archived.status == 2)
            #expect(archived.err.contains("archive"))
            let next = log.sequence(of: "run_progressed")
            let object = try await place.weir("explain", "\(next)", "--json").object()
            #expect(object["archived_cause"] as? UInt64 == log.sequence(of: "run_assigned"))
        }

        // MARK: why

        @Test("the story of a task is told to its end, or to where it stands")
        func whyTask() async throws {
            let log = RecordedLog.underWay()
            let place = try await place(log)
            let ended = try await place.weir("why", "task:3")
            #expect(ended.status == 0, "\(ended)")
            expectColumns(ended)
            #expect(ended.lines.first?.hasPrefix("task:3, succeeded, from 2023-11-14T") == true)
            #expect(ended.out.contains("task 3 succeeded, with all 3 items done"))
            #expect(!ended.out.contains("now"))
            let second = log.sequence(of: "task_submitted")
            let object = try await place.weir("why", "\(second)", "--json").object()
            #expect(object["entity"] as? String == "task:\(second)")
            #expect(object["ended"] as? Bool == false)
            #expect(object["state"] as? String == "running")
            #expect((object["now"] as? String)?.contains("1 of 3 items done") == true)
            let entries = try #require(object["entries"] as? [[String: Any]])
            #expect(entries.first?["type"] as? String == "task_submitted")
            #expect(entries.first?["offset_ns"] as? Int == 0)
            #expect(entries.last?["type"] as? String == "run_progressed")
        }

        @Test("the story of a browser is told, also from an archive on")
        func whyBrowser() async throws {
            let log = RecordedLog.underWay()
            let browser = log.sequence(of: "browser_launch_decided")
            let whole = try await place(log).weir("why", "browser:\(browser)")
            #expect(whole.out.contains("browser \(browser) was to be started (demand)"), "\(whole)")
            #expect(whole.lines.last?.contains("now") == true)
            let short = try await shortened(log)
            for name in ["browser:\(browser)", "\(browser)"] {
                let ended = try await short.weir("why", name)
                #expect(ended.status == 0, "\(ended)")
                #expect(ended.out.contains("is in an archive"))
                #expect(ended.out.contains("is busy"))
            }
            #expect(try await short.weir("why", "task:3").status == 2, "it ended before")
        }

        @Test("a name of nothing is refused with what would be right")
        func whyNothing() async throws {
            let place = try await place()
            let wrong = [
                ("task:4", "event 4 is task_queued; it is about task:3"),
                ("browser:3", "it is about task:3"), ("1", "weir tasks"), ("task:0", "write task:ID"),
                ("something", "names no task or browser"), ("999", "the log has no event 999"),
            ]
            for (name, hint) in wrong {
                let ended = try await place.weir("why", name)
                #expect(ended.status == 2, "\(name): \(ended)")
                #expect(ended.err.contains(hint), "\(name): \(ended)")
            }
        }

        // MARK: diff

        @Test("two positions differ in the fields that changed, and a position not from itself")
        func diffPositions() async throws {
            let log = RecordedLog.underWay()
            let place = try await place(log)
            let progressed = log.sequence(of: "run_progressed")
            let task = log.sequence(of: "task_submitted")
            let object = try await place.weir("diff", "\(progressed - 1)", "--json")
            #expect(object.status == 1, "\(object)")
            let entities = try #require(try object.object()["entities"] as? [[String: Any]])
            let changed = try #require(entities.first { $0["entity"] as? String == "task:\(task)" })
            let fields = try #require(changed["fields"] as? [[String: Any]])
            let items = try #require(fields.first { $0["field"] as? String == "items_done" })
            #expect(items["old"] as? Int == 0 && items["new"] as? Int == 1)
            let text = try await place.weir("diff", "0", "\(progressed)")
            #expect(text.status == 1)
            #expect(text.out.contains("task:\(task)  added"), "\(text)")
            expectColumns(text)
            let equal = try await place.weir("diff", "\(progressed)", "\(progressed)")
            #expect(equal.status == 0)
            #expect(equal.out.contains("the states are equal"))
        }

        @Test("two logs are compared at their ends, at one position or at two")
        func diffLogs() async throws {
            let place = try await place(.sound())
            let other = place.root + "/other"
            try await RecordedLog.underWay().write(to: other)
            let head = try #require(try place.events().last?.sequence)
            let ends = try await place.weir("diff", "--other-log", other)
            #expect(ends.status == 1, "\(ends)")
            #expect(ends.out.contains("other"))
            #expect(try await place.weir("diff", "--other-log", other, "\(head)").status == 0)
            #expect(try await place.weir("diff", "--other-log", other, "4", "6").status == 1)
            for wrong in [
                [], ["999"], ["--other-log", place.root + "/none"], ["--other-log", other, "999"],
            ] {
                #expect(try await place.weir(["diff"] + wrong).status == 2, "\(wrong)")
            }
        }

        @Test("state shows every field under the name that the others use")
        func stateFields() async throws {
            let log = RecordedLog.underWay()
            let place = try await place(log)
            let task = log.sequence(of: "task_submitted")
            let object = try await place.weir("state", "--fields", "--json").object()
            let fields = try #require(object["task:\(task)"] as? [String: Any])
            #expect(fields["state"] as? String == "running")
            #expect(fields["items_done"] as? Int == 1)
            let text = try await place.weir("state", "--fields")
            #expect(text.out.contains("\ntask:\(task)\n"), "\(text)")
            expectColumns(text)
        }

        // MARK: bisect

        @Test("the first position at which a condition holds is found, after a whole step")
        func bisect() async throws {
            let log = RecordedLog.underWay()
            let place = try await place(log)
            let started = try #require(
                log.steps.joined().first { $0.payload.name.description == "run_started" })
            let found = try await place.weir("bisect", "--condition", "task:3.state == running", "--json")
            #expect(found.status == 0, "\(found)")
            #expect(try found.object()["position"] as? UInt64 == started.sequence)
            // The grant stands in the middle of its step.
            let grant = try #require(
                log.steps.first { $0.contains { $0.payload.name.description == "task_granted" } })
            let granted = try await place.weir("bisect", "--condition", "tasks.granted == 1", "--json")
            #expect(try granted.object()["position"] as? UInt64 == grant.last?.sequence)
            #expect((try granted.object()["step"] as? [Any])?.count == grant.count)
            // It holds again later: the first is found, or the first from there on.
            let second = log.sequence(of: "run_started")
            let later = try await place.weir(
                "bisect", "--condition", "tasks.running > 0", "--from", "\(second - 1)", "--json")
            #expect(try later.object()["position"] as? UInt64 == second)
            let already = try await place.weir("bisect", "--condition", "!task:3")
            #expect(already.out.contains("the search began with it"), "\(already)")
        }

        @Test("a condition that never holds ends with 1, one that is none with 2 and its place")
        func bisectNothing() async throws {
            let place = try await place()
            let never = try await place.weir("bisect", "--condition", "tasks > 50", "--json")
            #expect(never.status == 1)
            #expect(try never.object()["position"] is NSNull)
            let wrong = try await place.weir("bisect", "--condition", "tasks > > 3")
            #expect(wrong.status == 2)
            #expect(wrong.err.contains("column 9") && wrong.err.contains("^"), "\(wrong)")
            #expect(try await place.weir("bisect").status == 2)
            #expect(
                try await place.weir("bisect", "--condition", "tasks > 1", "--from", "999").status == 2)
        }

        @Test("a log that begins with an archive is searched and decided again from there")
        func archived() async throws {
            let log = RecordedLog.underWay()
            let place = try await shortened(log)
            let through = log.sequence(of: "run_started")
            let found = try await place.weir("bisect", "--condition", "tasks == 1", "--json")
            #expect(try found.object()["position"] as? UInt64 == through)
            let verified = try await place.weir("verify", "--decisions")
            #expect(verified.status == 0, "\(verified)")
            #expect(verified.out.contains("event \(through + 1), with the state"))
            let object = try await place.weir("verify", "--decisions", "--json").object()
            #expect(object["base"] as? UInt64 == through)
        }
    }
}
