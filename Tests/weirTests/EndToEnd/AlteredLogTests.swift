import Pool
import Testing

extension EndToEnd {
    /// Logs whose bytes are sound and whose events are not.
    @Suite struct AlteredLogs {
        @Test("verify ends with 1 at a decision that is not taken again (CORE-2)")
        func decision() async throws {
            let place = try Workplace()
            var log = RecordedLog.sound()
            let sequence = log.alter("task_succeeded") {
                $0.payload = TaskSucceeded(task: TaskID(3), itemsDone: 2).payload
            }
            try await log.write(to: place.log)
            let ended = try await place.weir("verify", "--json")
            #expect(ended.status == 1, "\(ended)")
            let object = try ended.object()
            #expect(object["ok"] as? Bool == false)
            #expect(object["first_bad"] as? UInt64 == sequence)
        }

        @Test("replay ends with 1 at a digest that is not the state's (CORE-1)")
        func digest() async throws {
            let place = try Workplace()
            var log = RecordedLog.sound()
            let sequence = log.alter("state_digest_recorded") { event in
                event.payload = StateDigestRecorded(position: event.sequence - 1, digest: .zero).payload
            }
            try await log.write(to: place.log)
            let ended = try await place.weir("replay", "--json")
            #expect(ended.status == 1, "\(ended)")
            #expect(try ended.object()["digests_differing"] as? [UInt64] == [sequence])
            let text = try await place.weir("replay")
            #expect(text.status == 1)
            #expect(text.out.contains("event \(sequence) records another digest"))
            let before = try await place.weir("replay", "--to", "\(sequence - 1)")
            #expect(before.status == 0)
        }

        @Test("an event that cannot follow those before it is named by every command that folds")
        func impossible() async throws {
            let place = try Workplace()
            var log = RecordedLog.sound()
            // Decisions of another revision are folded as they are recorded.
            _ = log.alter("engine_started") { event in
                guard case .engineStarted(var started) = event.payload else { return }
                started.revision = PoolState.decisionRevision + 1
                event.payload = started.payload
            }
            let sequence = log.alter("run_progressed") { event in
                guard case .runProgressed(var progressed) = event.payload else { return }
                progressed.itemCount = .max
                event.payload = progressed.payload
            }
            try await log.write(to: place.log)
            let verified = try await place.weir("verify", "--json")
            #expect(verified.status == 1, "\(verified)")
            #expect(try verified.object()["first_bad"] as? UInt64 == sequence)
            for command in ["state", "replay", "run"] {
                let ended = try await place.weir(command)
                #expect(ended.status == 1, "\(command): \(ended)")
                #expect(ended.err.contains("event \(sequence) (run_progressed) cannot follow"), "\(ended)")
            }
            #expect(try await place.weir("state", "--at", "\(sequence - 1)").status == 0)
            #expect(try await place.weir("replay", "--to", "\(sequence - 1)").status == 0)
            let tasks = try await place.weir("tasks", "--json")
            #expect(tasks.status == 0 && tasks.out.contains("\"items_done\":3"), "\(tasks)")
        }
    }
}
