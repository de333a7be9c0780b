import EventLog
import Foundation
import Pool
import PoolEngine
import PoolSimulator

@testable import weir

/// The log of a simulation, as a log on disk: the same seed gives the same bytes.
struct SimulatedLog {
    private let store: MemoryEventStore
    private(set) var steps: [[Event]] = []

    init(seed: UInt64) throws {
        store = Simulation(.drawn(seed: seed)).run().log
        try store.forEachEvent { event, beginsStep in
            if beginsStep { steps.append([]) }
            steps[steps.count - 1].append(event)
        }
    }

    /// Changes the last grant, so that it lasts a second longer than was decided, and gives its sequence number.
    mutating func alterLastGrant() -> UInt64 {
        for (step, events) in steps.enumerated().reversed() {
            for (index, event) in events.enumerated().reversed() {
                guard case .taskGranted(var granted) = event.payload else { continue }
                granted.leaseDeadline = granted.leaseDeadline.adding(milliseconds: 1000)
                steps[step][index].payload = granted.payload
                return event.sequence
            }
        }
        preconditionFailure("the simulation grants nothing")
    }

    func write(to path: String) async throws {
        let time = steps.last?.last?.at ?? .zero
        var options = EventLog.Options()
        options.logID = LogID(store.logID.reduce(UInt128(0)) { $0 << 8 | UInt128($1) })
        options.wallClockNanoseconds = { time.nanoseconds }
        let log = try EventLog.open(at: path, options: options)
        var state = PoolState()
        for events in steps {
            var step = Step()
            for event in events {
                let subjects = event.subjects(in: state)
                state.evolve(event)
                for digest in event.blobs { step.add(blob: try store.blob(digest)) }
                step.append(
                    event.encoded(), type: UInt16(event.payload.number), streams: subjects.streams)
            }
            try await log.append(step)
        }
        log.close()
    }

    /// Writes the log as an export.
    func export(to path: String) async throws {
        let place = try Workplace()
        try await write(to: place.log)
        let reader = try EventLog.openForReading(at: place.log)
        defer { reader.close() }
        try Data().write(to: URL(fileURLWithPath: path))
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        try reader.export(.protobuf) { try file.write(contentsOf: $0) }
        try file.close()
    }
}
