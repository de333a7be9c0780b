import EventLog
import Foundation
import Pool
import PoolEngine
import PoolSimulator
import Synchronization
import Testing

@Suite("A simulation through another store")
struct SimulationStoreTests {
    /// Runs a simulation over a log on disk, and looks at that log.
    private func onDisk(
        _ configuration: SimulationConfiguration, _ look: (SimulationResult, LogEventSource) throws -> Void
    ) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("simulated-\(UUID())").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let simulation = Simulation(configuration)
        let id = LogID(simulation.logID.reduce(UInt128(0)) { $0 << 8 | UInt128($1) })
        let log = try EventLog.open(at: folder, options: .init(logID: id))
        defer { log.close() }
        let result = try simulation.run(through: LogEventStore(log))
        try look(result, LogEventSource(log.reader))
    }

    @Test("gives the same log on disk as in memory, engines that start from the disk included (CORE-1)")
    func disk() throws {
        var engines = 0
        for seed in 1...8 as ClosedRange<UInt64> {
            let configuration = SimulationConfiguration.drawn(seed: seed, faults: .all)
            let inMemory = Simulation(configuration).run()
            try onDisk(configuration) { result, disk in
                #expect(result.digest == inMemory.digest)
                #expect(result.summary == inMemory.summary && result.violations.isEmpty)
                #expect(disk.logID == inMemory.log.logID)
                let (records, state) = (try disk.read(from: 1, limit: .max), try disk.foldedState())
                #expect(records == inMemory.log.read(from: 1, limit: .max))
                #expect(state == inMemory.finalState)
                engines += result.summary.engines
            }
        }
        #expect(engines > 8)
    }

    @Test("ends with what keeps the store from appending")
    func failure() {
        let simulation = Simulation(.drawn(seed: 7))
        let store = FaultyEventStore(MemoryEventStore(logID: simulation.logID), failingAfter: 10)
        #expect(throws: FaultyEventStore<MemoryEventStore>.InjectedFault.self) {
            try simulation.run(through: store)
        }
    }

    @Test("finds a record that a store altered, lost or made up")
    func difference() {
        for (damage, sequence) in [(Damage.alters, 12), (.loses, 12), (.adds, 0)] as [(Damage, UInt64)] {
            let simulation = Simulation(.drawn(seed: 7, faults: .none))
            let store = DamagingStore(MemoryEventStore(logID: simulation.logID), damage, at: 12)
            do {
                let result = try simulation.run(through: store)
                Issue.record("\(damage): \(result.summary.events)")
            } catch let error as StoreDifference {
                guard case .record(let found) = error else {
                    Issue.record("\(damage): \(error)")
                    continue
                }
                #expect(sequence == 0 || found == sequence, "\(damage)")
            } catch {
                Issue.record("\(damage): \(error)")
            }
        }
    }

    @Test("the digest of a log is another one for any other log")
    func digests() {
        let digests = SeededRuns.all.prefix(50).map { $0.result.digest.description }
        #expect(Set(digests).count == 50)
        let (store, other) = (
            MemoryEventStore(logID: Array(repeating: 1, count: 16)),
            MemoryEventStore(logID: Array(repeating: 1, count: 16))
        )
        _ = store.submit(StoredStep(records: [[1], [2]])) { _ in }
        _ = other.submit(StoredStep(records: [[1]])) { _ in }
        _ = other.submit(StoredStep(records: [[2]])) { _ in }
        #expect(store.recordsDigest() != other.recordsDigest(), "steps begin elsewhere")
        #expect(
            MemoryEventStore(logID: Array(repeating: 1, count: 16)).recordsDigest()
                != MemoryEventStore(logID: Array(repeating: 2, count: 16)).recordsDigest())
    }
}

private enum Damage: Sendable {
    case alters
    case loses
    case adds
}

/// Gives back other records than it was given.
private final class DamagingStore: EventStore {
    private let base: MemoryEventStore
    private let damage: Damage
    private let sequence: UInt64

    init(_ base: MemoryEventStore, _ damage: Damage, at sequence: UInt64) {
        self.base = base
        self.damage = damage
        self.sequence = sequence
    }

    var logID: [UInt8] { base.logID }
    func basePosition() -> UInt64 { base.basePosition() }
    func durableHead() -> UInt64 { base.durableHead() }

    func submit(
        _ step: StoredStep, completion: @escaping @Sendable (Result<ClosedRange<UInt64>, any Error>) -> Void
    ) -> ClosedRange<UInt64> { base.submit(step, completion: completion) }

    func read(from first: UInt64, limit: Int) -> [StoredRecord] {
        var records = base.read(from: first, limit: limit)
        let index = Int(sequence) - 1
        switch damage {
        case .alters: records[index].bytes[0] ^= 1
        case .loses: records.remove(at: index)
        case .adds: records.append(records[index])
        }
        return records
    }

    func forEachRecord(
        from first: UInt64, through last: UInt64,
        _ body: (_ sequence: UInt64, _ beginsStep: Bool, _ bytes: UnsafeRawBufferPointer) throws -> Void
    ) throws { try base.forEachRecord(from: first, through: last, body) }

    func save(_ snapshot: Snapshot) { base.save(snapshot) }
    func newestSnapshot(
        of fold: String, version: UInt32, through last: UInt64
    ) -> (snapshot: Snapshot?, problems: [String]) {
        base.newestSnapshot(of: fold, version: version, through: last)
    }
    func blob(_ digest: Digest) throws -> [UInt8] { try base.blob(digest) }
}
