import EventLog
import Pool
import PoolEngine
import Synchronization

/// A store in memory whose steps become durable when a test says so.
final class GatedEventStore: EventStore {
    private struct Waiting {
        var step: StoredStep
        var completion: @Sendable (Result<ClosedRange<UInt64>, any Error>) -> Void
    }

    private struct State {
        var isOpen: Bool
        var accepted: UInt64 = 0
        var waiting: [Waiting] = []
    }

    private let base = MemoryEventStore(logID: [UInt8](repeating: 7, count: 16))
    private let state: Mutex<State>

    init(isOpen: Bool) { state = Mutex(State(isOpen: isOpen)) }

    var logID: [UInt8] { base.logID }
    var waitingSteps: Int { state.withLock { $0.waiting.count } }
    func basePosition() -> UInt64 { 0 }
    func durableHead() -> UInt64 { base.durableHead() }
    func read(from sequence: UInt64, limit: Int) -> [StoredRecord] { base.read(from: sequence, limit: limit) }
    func blob(_ digest: Digest) throws -> [UInt8] { try base.blob(digest) }

    func forEachRecord(
        from first: UInt64, through last: UInt64,
        _ body: (_ sequence: UInt64, _ beginsStep: Bool, _ bytes: UnsafeRawBufferPointer) throws -> Void
    ) throws {
        try base.forEachRecord(from: first, through: last, body)
    }

    func save(_ snapshot: Snapshot) { base.save(snapshot) }

    func newestSnapshot(
        of fold: String, version: UInt32, through last: UInt64
    ) -> (snapshot: Snapshot?, problems: [String]) {
        base.newestSnapshot(of: fold, version: version, through: last)
    }

    func submit(
        _ step: StoredStep, completion: @escaping @Sendable (Result<ClosedRange<UInt64>, any Error>) -> Void
    ) -> ClosedRange<UInt64> {
        let (range, isOpen) = state.withLock { state in
            let first = state.accepted + 1
            state.accepted += UInt64(step.records.count)
            if !state.isOpen { state.waiting.append(Waiting(step: step, completion: completion)) }
            return (first...state.accepted, state.isOpen)
        }
        return isOpen ? base.submit(step, completion: completion) : range
    }

    /// From now on nothing that is appended becomes durable.
    func close() { state.withLock { $0.isOpen = false } }

    /// Everything becomes durable, and so does what is appended from now on.
    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [] }
            return state.waiting
        }
        for one in waiting { _ = base.submit(one.step, completion: one.completion) }
    }
}
