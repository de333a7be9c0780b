import CLogBaselines
import EventLog
import Measuring

/// The records of a log of Weir's in a file of C LMDB, each in an entry of its own and as long as Weir stores it: what a
/// cursor in C scans.
struct RecordsCopy {
    private let folder: String
    private let records: UInt64

    private static let recordsAtOnce = 10_000

    init(of log: String, in folder: String) throws {
        self.folder = folder
        let reader = try EventLog.openForReading(at: log)
        defer { reader.close() }
        var copy: OpaquePointer?
        try check(clb_lmdb_open(folder, CLB_LMDB_RECORDS, CLB_FLUSH_NEVER, &copy))
        defer { clb_lmdb_close(copy) }
        records = try reader.head()
        var next: UInt64 = 1
        while next <= records {
            let last = min(records, next + UInt64(Self.recordsAtOnce) - 1)
            var sizes: [Int] = []
            var bytes: [UInt8] = []
            try reader.scan(from: next, through: last) { record in
                let start = bytes.count
                bytes += [UInt8](
                    repeating: 0,
                    count: Int(CLB_HEADER_BYTES) + record.streams.count * Int(CLB_STREAM_BYTES))
                record.payload.withUnsafeBytes { bytes += $0 }
                sizes.append(bytes.count - start)
            }
            try check(clb_lmdb_append_records(copy, next, sizes.count, sizes, bytes))
            next = last + 1
        }
    }

    var file: String { folder + "/data.mdb" }

    /// Nanoseconds of each of some passes over the file, opened once.
    func scan(touches: Bool, passes: Int) throws -> [UInt64] {
        var times = [UInt64](repeating: 0, count: passes)
        var result = clb_scan()
        try check(clb_lmdb_scan(folder, touches, Int32(passes), &times, &result))
        guard result.records == records else {
            throw BenchmarkError("\(result.records) of \(records) records were read")
        }
        return times
    }
}
