import CLMDB
import Glibc

extension Environment {
    /// Runs `body` in the write transaction with an id and commits that. If the map is full it is made larger, and `body`
    /// runs again.
    ///
    /// - Parameter body: gives LMDB's return code; with another one than 0 nothing is written.
    /// - Throws: ``EventLogError/fenced(path:)`` if another writer has committed.
    func commit(
        transaction id: UInt64, _ operation: @autoclosure () -> String,
        _ body: (TransactionWriting) -> Int32
    ) throws(EventLogError) {
        while true {
            var code = try commitOnce(transaction: id, body)
            if code == MDB_MAP_FULL, try growMap() { continue }
            // LMDB gives EIO for a write that was cut short, which is how a full disk shows there.
            if code == EIO, Folder.isFull(files.folder) { code = ENOSPC }
            return try check(code, operation())
        }
    }

    private func commitOnce(
        transaction id: UInt64, _ body: (TransactionWriting) -> Int32
    ) throws(EventLogError) -> Int32 {
        try withHandles { handles throws(EventLogError) in
            var pointer: OpaquePointer?
            try check(mdb_txn_begin(handles.env, nil, 0, &pointer), "begin a write transaction")
            guard let pointer else { return ENOMEM }
            guard UInt64(lmdb: mdb_txn_id(pointer)) == id else {
                // LMDB lets one write transaction run at a time, over all processes. If this one does not follow
                // upon our last commit, another writer has committed in between.
                mdb_txn_abort(pointer)
                throw EventLogError.fenced(path: files.folder)
            }
            let code = body(TransactionWriting(transaction: pointer, handles: handles))
            guard code == 0 else {
                mdb_txn_abort(pointer)
                return code
            }
            let saved = SavedMetaPage(handles, overwrittenBy: id)
            let outcome = mdb_txn_commit(pointer)
            if outcome != 0, outcome != MDB_MAP_FULL { saved.putBack() }
            return outcome
        }
    }
}
