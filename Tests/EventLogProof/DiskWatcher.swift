import CFaultyDisk
import Glibc
import Synchronization

/// A call of a writing or flushing function, as CFaultyDisk saw it.
struct DiskCall {
    enum Operation: String, CaseIterable {
        case write
        /// A write that is durable when it returns: LMDB's of a meta page.
        case synchronousWrite
        case flush
        case truncate
    }

    var operation: Operation
    var path: String
    var offset: Int
    var byteCount: Int
    var descriptor: Int32
    private var parts: UnsafeBufferPointer<iovec>

    init(_ call: faulty_disk_call) {
        operation =
            switch call.operation {
            case FAULTY_DISK_WRITE: call.is_synchronous ? .synchronousWrite : .write
            case FAULTY_DISK_SYNC: .flush
            default: .truncate
            }
        path = String(cString: call.path)
        offset = Int(call.offset)
        byteCount = call.bytes
        descriptor = call.descriptor
        parts = UnsafeBufferPointer(start: call.parts, count: Int(call.part_count))
    }

    var isOnDataFile: Bool { path.hasSuffix("/data.mdb") }

    /// Whether it makes the data file longer by zeros, which the log does without if it must: no page of LMDB's begins
    /// with so many. Only to be asked during the call.
    var writesRoom: Bool {
        operation == .write && isOnDataFile
            && parts.allSatisfy { part in
                UnsafeRawBufferPointer(start: part.iov_base, count: part.iov_len).allSatisfy { $0 == 0 }
            }
    }

    /// What is written. Only to be used during the call.
    var bytes: [UInt8] {
        parts.flatMap { UnsafeRawBufferPointer(start: $0.iov_base, count: $0.iov_len) }
    }
}

/// What becomes of a call.
struct DiskAnswer {
    /// How many bytes of a write reach the file at most; with 0 any call does nothing to it.
    var bytesLimit = Int.max
    /// What the program is told in the end; nil for the truth.
    var error: Int32?
    /// Whether the program is told that everything was written.
    var claimsAll = false

    static let forwarded = DiskAnswer()
}

/// Sees every writing and flushing call below a folder, and decides what becomes of it.
protocol DiskWatcher: Sendable {
    func before(_ call: DiskCall) -> DiskAnswer
    /// `reached`: how many bytes of a write reached the file, 0 for another call, -1 if it did not.
    func after(_ call: DiskCall, reached: Int)
}

/// C has no place for a context, and the watched process has one disk.
private let watcher = Mutex<(any DiskWatcher)?>(nil)

extension DiskWatcher {
    /// Begins to watch the folder; once in a process, before anything is opened.
    func watch(_ folder: String) {
        watcher.withLock { $0 = self }
        faulty_disk_watch(
            folder,
            { call in
                guard let call, let watcher = watcher.withLock({ $0 }) else {
                    return faulty_disk_answer(bytes_limit: .max, error: 0, claims_all: false)
                }
                let answer = watcher.before(DiskCall(call.pointee))
                return faulty_disk_answer(
                    bytes_limit: answer.bytesLimit, error: answer.error ?? 0, claims_all: answer.claimsAll)
            },
            { call, reached in
                guard let call, let watcher = watcher.withLock({ $0 }) else { return }
                watcher.after(DiskCall(call.pointee), reached: reached)
            })
    }
}
