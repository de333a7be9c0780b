import Pool
import PoolEngine
import Synchronization
import Testing

@Suite("An event store")
struct EventStoreTests {
    private func memory() -> MemoryEventStore { MemoryEventStore(logID: [UInt8](repeating: 1, count: 16)) }

    @Test("in memory numbers records without gaps and knows where steps begin (LOG-1)")
    func numbering() {
        let store = memory()
        #expect(store.submit(StoredStep(records: [[1], [2]])) { _ in } == 1...2)
        #expect(store.submit(StoredStep(records: [[3]])) { _ in } == 3...3)
        let records = store.read(from: 2, limit: 10)
        #expect(records.map(\.sequence) == [2, 3])
        #expect(records.map(\.beginsStep) == [false, true])
        #expect(records.map(\.bytes) == [[2], [3]])
        #expect(store.read(from: 1, limit: 1).count == 1)
        #expect(store.durableHead() == 3)
    }

    @Test("keeps blobs under their digests and says which one is missing")
    func blobs() throws {
        let store = memory()
        let bytes = [UInt8](repeating: 9, count: 2_000)
        let (payload, blobs) = Payload.storing(bytes)
        _ = store.submit(StoredStep(records: [[1]], blobs: blobs)) { _ in }
        #expect(try payload.bytes(in: store) == bytes)
        let missing = #expect(throws: MemoryEventStore.MissingBlob.self) { try store.blob(.zero) }
        #expect(missing?.digest == .zero)
    }

    @Test("carries payloads up to 1 KiB in the event, and larger ones by digest")
    func payloads() {
        #expect(Payload.storing([UInt8](repeating: 1, count: 1_024)).blobs.isEmpty)
        let large = Payload.storing([UInt8](repeating: 1, count: 1_025))
        #expect(large.payload.inline.isEmpty)
        #expect(large.payload.sizeBytes == 1_025)
        #expect(large.blobs.count == 1)
    }

    @Test("behind an injected fault stores nothing of the step that fails, nor of any after it (LOG-2)")
    func faulty() throws {
        let base = memory()
        let store = FaultyEventStore(base, failingAfter: 1)
        let failures = Mutex(0)
        let count: @Sendable (Result<ClosedRange<UInt64>, any Error>) -> Void = { result in
            if case .failure = result { failures.withLock { $0 += 1 } }
        }
        _ = try store.submit(StoredStep(records: [[1]]), completion: count)
        #expect(try store.submit(StoredStep(records: [[2], [3]]), completion: count) == 2...3)
        #expect(failures.withLock { $0 } == 1)
        #expect(throws: FaultyEventStore<MemoryEventStore>.InjectedFault.self) {
            try store.submit(StoredStep(records: [[4]]), completion: count)
        }
        #expect(failures.withLock { $0 } == 1)
        #expect(try store.durableHead() == 1)
    }

    @Test("with a record that is no event is refused, naming the record")
    func undecodable() {
        let store = memory()
        _ = store.submit(StoredStep(records: [EngineStarted().payload.firstRecord, [0xff]])) { _ in }
        #expect {
            try store.foldedState()
        } throws: { error in
            if case EngineError.undecodable(sequence: 2, _) = error { true } else { false }
        }
    }
}

extension EventPayload {
    /// The record of a first event that says this.
    fileprivate var firstRecord: [UInt8] {
        Event(sequence: 1, at: EventTime(nanoseconds: 1), cause: 0, payload: self).encoded()
    }
}
