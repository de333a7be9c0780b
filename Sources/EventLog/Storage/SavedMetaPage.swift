import CLMDB
import Glibc

/// The meta page that a commit overwrites, as it was before.
///
/// If LMDB cannot write a meta page, it writes the page's former transaction id back, so that nobody takes it for the
/// newest, but leaves the new trees in it (LMDB 0.9 `mdb.c`, `mdb_env_write_meta`). Readers pass over such a page and
/// the next commit replaces it. Until then it looks exactly like a newest page that was set back by one commit, which
/// verify has to report. So the page is kept over each commit, for one read of the page cache, and put back whole if
/// the commit fails. A process that ends before it has done so leaves the page to the next writer:
/// `GroupCommit.takingUp`.
struct SavedMetaPage {
    private let bytes: [UInt8]
    private let descriptor: Int32
    private let offset: off_t

    /// The page that the transaction with the given id will overwrite.
    init(_ handles: Environment.Handles, overwrittenBy transactionID: UInt64) {
        var statistics = MDB_stat()
        mdb_env_stat(handles.env, &statistics)
        var descriptor: Int32 = -1
        mdb_env_get_fd(handles.env, &descriptor)
        self.descriptor = descriptor
        let offset = off_t(statistics.ms_psize) * off_t(transactionID & 1)
        self.offset = offset
        bytes = [UInt8](unsafeUninitializedCapacity: MetaPage.byteCount) { buffer, filled in
            filled = max(pread(descriptor, buffer.baseAddress, buffer.count, offset), 0)
        }
    }

    /// Puts the page back, durably. If that fails too, verify may report a damaged meta page until the next writer
    /// comes.
    func putBack() {
        if write() { _ = fdatasync(descriptor) }
    }

    /// Writes the page as it was, without flushing it; whether that succeeded.
    func write() -> Bool {
        guard bytes.count == MetaPage.byteCount else { return false }
        return bytes.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, offset) } == bytes.count
    }
}
