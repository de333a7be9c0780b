import EventLog
import Foundation
import Pool
import PoolEngine
import PoolSimulator
import Testing

@Suite("Two stores")
struct StoreParityTests {
    /// What entered a simulated pool, step by step, as its log tells.
    private static func inputs(seed: UInt64) throws -> [(observation: EventPayload, at: EventTime)] {
        var inputs: [(EventPayload, EventTime)] = []
        let log = Simulation(.drawn(seed: seed)).run().log
        try log.forEachEvent { event, beginsStep in
            if beginsStep { inputs.append((event.payload, event.at)) }
        }
        return inputs
    }

    /// Runs a step machine over a store and waits until every step is durable.
    private static func run(
        _ inputs: [(observation: EventPayload, at: EventTime)], over store: some EventStore
    ) async throws {
        var machine = StepMachine(resuming: try store.foldedState())
        for (observation, at) in inputs {
            guard case .append(let step) = machine.receive(observation, at: at) else {
                Issue.record("\(observation.name) was recorded before and is refused now")
                return
            }
            let range: ClosedRange<UInt64> = try await withCheckedThrowingContinuation { continuation in
                do {
                    try store.submit(step.stored) { continuation.resume(with: $0) }
                } catch {
                    continuation.resume(throwing: error)
                }
            }
            #expect(range.upperBound == step.events.last?.sequence)
            _ = machine.becameDurable(through: range.upperBound)
        }
    }

    @Test("the same inputs give the same bytes in memory and in LMDB", arguments: [1, 2, 3] as [UInt64])
    func sameBytes(seed: UInt64) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("parity-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let inputs = try Self.inputs(seed: seed)
        let log = try EventLog.open(at: folder, options: .init(logID: LogID(UInt128(seed))))
        let durable = LogEventStore(log)
        let memory = MemoryEventStore(logID: durable.logID)
        try await Self.run(inputs, over: memory)
        try await Self.run(inputs, over: durable)
        log.close()

        let reader = try EventLog.openForReading(at: folder)
        defer { reader.close() }
        let read = LogEventSource(reader)
        #expect(read.logID == memory.logID)
        let stored = try read.read(from: 1, limit: .max)
        #expect(stored.count >= inputs.count && stored.count > 20)
        #expect(stored == memory.read(from: 1, limit: .max))
        #expect(try read.foldedState().canonicalBytes() == memory.foldedState().canonicalBytes())
    }
}
