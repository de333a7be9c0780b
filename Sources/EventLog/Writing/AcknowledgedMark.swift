import Glibc

/// The last acknowledged record, kept in a small file beside LMDB's.
///
/// A log whose newest meta page was lost looks like a sound log that ends earlier. The mark tells them apart. It
/// is written when a durable commit has been acknowledged, so that nobody waits for it, and never flushed: it may lag
/// behind by what a power failure took, or by one commit if the writer was killed, but it never runs ahead of what was
/// durable.
struct AcknowledgedMark: ~Copyable {
    private let file: File
    private let logID: LogID

    enum Reading: Equatable {
        case none
        case head(UInt64)
        case unreadable
    }

    private static let byteCount = LogID.byteCount + 8 + 4

    init(_ files: LogFiles, logID: LogID) throws(EventLogError) {
        file = try File(opening: files.acknowledged, O_RDWR | O_CREAT)
        self.logID = logID
    }

    func write(head: UInt64) throws(EventLogError) {
        try file.write(Self.stored(head: head, logID: logID), at: 0)
    }

    /// What the mark of the log says; none if there is no mark, or if a power failure left it empty.
    static func read(_ files: LogFiles, logID: LogID) throws(EventLogError) -> Reading {
        guard try Folder.kind(of: files.acknowledged) == .file else { return .none }
        let file = try File(opening: files.acknowledged, O_RDONLY)
        // A writer may be at work on it, so a mark that looks wrong is looked at again.
        for attempt in 0..<10 {
            if attempt > 0 { usleep(2000) }
            let bytes = try file.read(at: 0, count: byteCount)
            if bytes.allSatisfy({ $0 == 0 }) { return .none }
            guard bytes.count == byteCount else { continue }
            let head: UInt64 = bytes.littleEndian(at: LogID.byteCount)
            if bytes == stored(head: head, logID: logID) { return .head(head) }
        }
        return .unreadable
    }

    private static func stored(head: UInt64, logID: LogID) -> [UInt8] {
        var bytes = logID.bytes
        bytes.append(littleEndian: head)
        bytes.append(littleEndian: bytes.withUnsafeBytes { Checksum.of($0) })
        return bytes
    }
}
