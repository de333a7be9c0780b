import Testing

@testable import Pool

@Suite("A state's canonical bytes")
struct StateDecodingTests {
    private func busy() -> PoolState {
        var pool = PoolScenario(
            PoolPolicy(maxConnections: 2, adaptiveScaling: false, enableFaultTolerance: false))
        _ = pool.running(.test { $0.statePersistence = false })
        _ = pool.submit()
        return pool.state
    }

    @Test("read back as the state that wrote them, zeros and all (CORE-3)")
    func roundTrip() throws {
        for state in [PoolState(), PoolScenario().state, busy()] {
            #expect(try PoolState(decoding: state.canonicalBytes()) == state)
        }
        let policy = try PoolState(decoding: busy().canonicalBytes()).policy
        #expect(!policy.enableFaultTolerance)
        #expect(!policy.adaptiveScaling)
    }

    @Test("are refused when they end early")
    func truncated() {
        let bytes = busy().canonicalBytes()
        // A state that ends with a whole field is another state; every other cut is found.
        var whole = 0
        for count in bytes.indices {
            let cut = Array(bytes.prefix(count))
            if let state = try? PoolState(decoding: cut) {
                #expect(state.canonicalBytes() == cut)
                whole += 1
            }
        }
        #expect(whole < 20)
    }

    @Test("are refused when a newer writer added a field")
    func unknownField() {
        let bytes = PoolState().canonicalBytes() + [0xa0, 0x06, 0x01]
        #expect(throws: StateDecodingError.undecodable(.unknownField(message: "PoolState", number: 100))) {
            try PoolState(decoding: bytes)
        }
    }

    @Test("are refused when they are not as this version writes them")
    func notCanonical() {
        let bytes = PoolState().canonicalBytes() + [0x08, 0x00]
        #expect(throws: StateDecodingError.notCanonical) { try PoolState(decoding: bytes) }
    }

    @Test("are refused when they name what is not there")
    func contradictions() {
        let changes: [(inout PoolState) -> Void] = [
            { $0.queue = TaskQueue(unsorted: Array($0.queue) + [TaskID(99)]) },
            { $0.queue = TaskQueue(unsorted: Array($0.queue) + Array($0.queue)) },
            { $0.allocations.removeAll() },
            { $0.obligations.removeAll() },
            { $0.browsers.removeAll() },
            { $0.tasks.removeAll() },
            { $0.tasks[$0.tasks.ids[0]].recovery = RecoveryID(5) },
            { $0.tasks[$0.tasks.ids[0]].itemsDone = 11 },
            { $0.timers.set(.retry, $0.tasks.ids[0].sequence, at: EventTime(nanoseconds: 5)) },
            { $0.timers.set(.idle, 99, at: EventTime(nanoseconds: 5)) },
            { $0.recoveries.insert(RecoveryState(id: RecoveryID(6), task: $0.tasks.ids[0])) },
        ]
        for (index, change) in changes.enumerated() {
            var state = busy()
            change(&state)
            let error = #expect(throws: StateDecodingError.self, "change \(index)") {
                try PoolState(decoding: state.canonicalBytes())
            }
            if case .inconsistent = error { continue }
            Issue.record("change \(index): \(String(describing: error))")
        }
    }

    @Test("are refused in words that say what to do")
    func words() {
        let error = StateDecodingError.inconsistent("task 4 is in the queue but does not wait")
        #expect(
            "\(error)" == """
                the snapshot contradicts itself: task 4 is in the queue but does not wait; fold the log from its \
                start instead
                """)
    }
}
