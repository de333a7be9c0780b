import Glibc

/// The last acknowledged record, kept in a small file beside LMDB's.
///
/// A log whose newest meta page was lost looks like a sound log that ends earlier. The mark tells them apart. It
/// is set when a durable commit has been acknowledged, so that nobody waits for it, and never flushed: it may lag
/// behind by what a power failure took, or by one commit if the writer was killed, but it never runs ahead of what was
/// durable.
///
/// It is set through a shared map, as LMDB sets its table of readers. A write would give the file a new time, and where
/// its inode lies in one block with that of LMDB's file, the next commit would have to flush that block too.
struct AcknowledgedMark: ~Copyable {
    private let file: File
    private let map: UnsafeMutableRawPointer
    private let logCheck: UInt32

    enum Reading: Equatable {
        case none
        case head(UInt64)
        case unreadable
    }

    private static let byteCount = LogID.byteCount + 8 + 4

    /// Writes the mark, and makes ready to set it.
    init(_ files: LogFiles, logID: LogID, head: UInt64) throws(EventLogError) {
        let file = try Self.write(files, logID: logID, head: head)
        let map = mmap(nil, Self.byteCount, PROT_READ | PROT_WRITE, MAP_SHARED, file.descriptor, 0)
        guard let map, map != MAP_FAILED else {
            throw EventLogError.system(operation: "mmap", path: files.acknowledged, errno: errno)
        }
        self.file = file
        self.map = map
        logCheck = Self.check(of: logID)
    }

    deinit {
        munmap(map, Self.byteCount)
    }

    /// Sets the mark, and tells those who watch the file by reading a byte of it.
    ///
    /// The position and its check are set by one store of the processor, so that a process that is killed leaves the
    /// former mark or this one. Other processes may read a part of each.
    func set(head: UInt64) {
        let check = UInt64(Self.check(of: head, behind: logCheck))
        let place = map.advanced(by: LogID.byteCount).assumingMemoryBound(to: SIMD2<UInt64>.self)
        place.pointee = SIMD2(head.littleEndian, check.littleEndian)
        var byte: UInt8 = 0
        pread(file.descriptor, &byte, 1, 0)
    }

    /// Writes the mark of a log that is whole.
    @discardableResult
    static func write(_ files: LogFiles, logID: LogID, head: UInt64) throws(EventLogError) -> File {
        let file = try File(opening: files.acknowledged, O_RDWR | O_CREAT)
        try file.write(stored(head: head, logID: logID), at: 0)
        return file
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
        bytes.append(littleEndian: check(of: head, behind: check(of: logID)))
        return bytes
    }

    private static func check(of logID: LogID) -> UInt32 {
        logID.bytes.withUnsafeBytes { Checksum.of($0) }
    }

    private static func check(of head: UInt64, behind logCheck: UInt32) -> UInt32 {
        withUnsafeBytes(of: head.littleEndian) { Checksum.of($0, behind: logCheck) }
    }
}
