import LogWorkload
import Pool
import PoolEngine
import PoolSimulator

/// The records of one long simulated history, one after the other in memory as a scan of a log would hand them out.
struct EncodedLog {
    private(set) var bytes: [UInt8] = []
    /// Where each record begins, and where the last one ends.
    private(set) var bounds: [Int] = [0]
    private(set) var mix = Counts()
    /// The size of all records of a type, in bytes.
    private(set) var sizes = Counts()
    let virtualMs: UInt64

    var count: Int { bounds.count - 1 }

    /// Encodes the history of the pool that all benchmarks simulate.
    init(tasks: Int) throws {
        let result = try PoolHistory.simulated(tasks: tasks)
        virtualMs = result.summary.virtualMs
        mix = result.summary.events
        var next: UInt64 = 1
        while true {
            let records = result.log.read(from: next, limit: 1 << 16)
            if records.isEmpty { break }
            for record in records {
                bytes += record.bytes
                bounds.append(bytes.count)
                guard let event = try? Event(sequence: record.sequence, decoding: record.bytes) else {
                    preconditionFailure("a simulated record cannot be read")
                }
                sizes.add(event.payload.name.description, record.bytes.count)
            }
            next += UInt64(records.count)
        }
    }
}
