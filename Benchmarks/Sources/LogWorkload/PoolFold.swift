import EventLog
import Pool
import PoolEngine

/// The state of a pool as the fold of its log.
public struct PoolFold: LogFold {
    public static let name = "benchmark-pool"
    public static let version: UInt32 = 1

    public private(set) var state = PoolState()

    public init() {}

    public init(canonicalBytes: [UInt8]) throws {
        state = try PoolState(decoding: canonicalBytes)
    }

    public func canonicalBytes() -> [UInt8] { state.canonicalBytes() }

    public mutating func apply(_ record: borrowing RecordView) throws {
        let sequence = record.sequence
        try record.payload.withUnsafeBytes { bytes in
            try state.evolve(checking: Event(sequence: sequence, decoding: bytes))
        }
    }

    public mutating func apply(_ records: DecodedRecords, reached: inout UInt64) throws {
        defer { reached = state.position }
        try state.evolve(checking: records)
    }
}
