import CLogBaselines
import LogWorkload
import Measuring

/// Throws what a baseline says.
func check(_ reason: UnsafePointer<CChar>?) throws {
    if let reason { throw BenchmarkError(String(cString: reason)) }
}

/// LMDB with the records, index entries and commit entries that Weir's log stores.
class IndexedLMDB: Baseline {
    class var title: String { "C LMDB, same entries" }
    class var kind: clb_lmdb_kind { CLB_LMDB_INDEXED }
    class var flush: clb_lmdb_flush { CLB_FLUSH_TWICE }

    final var group: Group
    final var head: UInt64 = 0
    private var log: OpaquePointer?

    convenience init(folder: String, mix: EventMix, payloadBytes: Int) throws {
        try self.init(folder: folder, group: Group(mix, payloadBytes: payloadBytes), flush: Self.flush)
    }

    /// - Parameter flush: never, to fill a file that is then only read.
    init(folder: String, group: Group, flush: clb_lmdb_flush) throws {
        self.group = group
        try check(clb_lmdb_open(folder, Self.kind, flush, &log))
    }

    func commit() throws {
        try group.withLayout { try check(clb_lmdb_append(log, $0)) }
    }

    func close() {
        if let log { clb_lmdb_close(log) }
        log = nil
    }
}

final class RecordsLMDB: IndexedLMDB {
    override class var title: String { "C LMDB, records alone" }
    override class var kind: clb_lmdb_kind { CLB_LMDB_RECORDS }
}

/// What the data flush alone costs. A power cut may take its last commit, so nothing may be acknowledged on it.
final class DataFlushLMDB: IndexedLMDB {
    override class var title: String { "(C LMDB no-metasync; not ack-safe)" }
    override class var flush: clb_lmdb_flush { CLB_FLUSH_DATA }
}

/// What a second flush costs at least: that of a block which needs no allocation.
final class BlockFlushLMDB: IndexedLMDB {
    override class var title: String { "(the same + flush of a block; not ack-safe)" }
    override class var flush: clb_lmdb_flush { CLB_FLUSH_DATA_AND_BLOCK }
}

final class SQLite: Baseline {
    static let title = "SQLite WAL, full sync"
    var group: Group
    var head: UInt64 = 0
    private var database: OpaquePointer?

    init(folder: String, mix: EventMix, payloadBytes: Int) throws {
        group = Group(mix, payloadBytes: payloadBytes)
        try check(clb_sqlite_open(Self.path(in: folder), &database))
    }

    static func path(in folder: String) -> String { folder + "/events.sqlite" }

    func commit() throws {
        try group.withLayout { try check(clb_sqlite_append(database, $0)) }
    }

    func close() {
        if let database { clb_sqlite_close(database) }
        database = nil
    }

    /// Appends over a connection of its own in each thread; SQLite lets one of them write at a time.
    static func contend(folder: String, group: Group, threads: Int, seconds: Double) throws -> Turn {
        var transactions: UInt64 = 0
        let nanoseconds = UInt64(seconds * 1e9)
        return try group.withLayout { group in
            try check(
                clb_sqlite_contend(
                    path(in: folder), group, Int32(threads), nanoseconds, &transactions))
            return Turn(events: Int(transactions) * group.pointee.count, nanoseconds: nanoseconds)
        }
    }
}

final class RawFile: Baseline {
    static let title = "write + fdatasync"
    var group: Group
    var head: UInt64 = 0
    private var file: OpaquePointer?

    init(folder: String, mix: EventMix, payloadBytes: Int) throws {
        group = Group(mix, payloadBytes: payloadBytes)
        try check(clb_file_open(folder + "/events", &file))
    }

    func commit() throws {
        try group.withLayout { try check(clb_file_append(file, $0)) }
    }

    func close() {
        if let file { clb_file_close(file) }
        file = nil
    }
}
