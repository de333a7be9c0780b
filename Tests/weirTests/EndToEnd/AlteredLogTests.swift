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
    }
}
