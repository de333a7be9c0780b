import Foundation
import Pool
import Testing

extension EndToEnd {
    /// Logs that were recorded once and are decided again ever after (CORE-2).
    @Suite struct RecordedDecisions {
        @Test("the present decision revision has recorded logs, with every type of event")
        func present() async throws {
            let present = DecisionFixtures.sound.filter { $0.revision == PoolState.decisionRevision }
            try #require(!present.isEmpty, "add them as the README beside the fixtures says")
            var seen: Set<String> = []
            for fixture in present {
                seen.formUnion(try await fixture.imported().events().map { $0.payload.name.description })
            }
            #expect(seen == Set(EventPayload.names.map(\.description)))
            #expect(DecisionFixtures.altered.contains { $0.revision == PoolState.decisionRevision })
        }

        @Test("a recorded log is decided again as it was", arguments: DecisionFixtures.sound)
        func sound(fixture: DecisionFixtures.Fixture) async throws {
            let place = try await fixture.imported()
            let ended = try await place.weir("verify", "--decisions", "--json")
            #expect(ended.status == 0, "\(ended)")
            let object = try ended.object()
            #expect(object["ok"] as? Bool == true)
            let others = object["steps_of_other_revisions"] as? Int
            let steps = try #require(object["steps"] as? Int)
            #expect(steps > 10)
            #expect(others == (fixture.revision == PoolState.decisionRevision ? 0 : steps))
            #expect(try await place.weir("verify").status == 0)
        }

        @Test(
            "a decision that was altered is found at its event, with what differs",
            arguments: DecisionFixtures.altered.filter { $0.revision == PoolState.decisionRevision })
        func altered(fixture: DecisionFixtures.Fixture) async throws {
            let place = try await fixture.imported()
            let sequence = try #require(fixture.alteredAt)
            let ended = try await place.weir("verify", "--decisions", "--json")
            #expect(ended.status == 1, "\(ended)")
            let object = try ended.object()
            #expect(object["first_bad"] as? UInt64 == sequence)
            let divergence = try #require(object["divergence"] as? [String: Any])
            let fields = try #require(divergence["fields"] as? [[String: Any]])
            #expect(fields.compactMap { $0["field"] as? String } == ["lease_deadline_ns"])
            let (old, new) = (fields.first?["old"] as? UInt64, fields.first?["new"] as? UInt64)
            #expect(try #require(old) == #require(new) + 1_000_000_000)

            let text = try await place.weir("verify", "--decisions")
            #expect(text.status == 1)
            #expect(text.out.contains("first bad \(sequence)\n"), "\(text)")
            #expect(text.out.contains("lease_deadline_ns"))
            let whole = try await place.weir("verify", "--json")
            #expect(try whole.object()["first_bad"] as? UInt64 == sequence)
        }
    }
}

extension DecisionFixtures.Fixture {
    /// The fixture as a log of its own.
    func imported() async throws -> Workplace {
        let place = try Workplace()
        let ended = try await place.weir("log", "import", path)
        try #require(ended.status == 0, "\(ended)")
        return place
    }
}
