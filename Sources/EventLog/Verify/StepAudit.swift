import CLMDB
import Crypto

/// Takes the records of one commit in order, and works out again what their steps' digests and index entries are.
struct StepAudit {
    let path: String
    private var steps = SHA256()
    private var step = SHA256()
    private var first: UInt64 = 0
    private var pairs: [(term: IndexTerm, record: UInt32)] = []

    init(path: String) {
        self.path = path
    }

    /// The digest over the digests of the steps that were finished.
    var digest: [UInt8] { steps.finalize().array }

    /// Takes the next record, and finishes the step before it if it begins another.
    ///
    /// - Returns: how many index entries the finished step has.
    mutating func add(
        _ stored: UnsafeRawBufferPointer, at sequence: UInt64, _ transaction: borrowing ReadTransaction
    ) throws(EventLogError) -> UInt64 {
        if let damage = RecordCoding.check(stored, sequence: sequence) {
            throw EventLogError.damaged(path: path, sequence: sequence, problem: damage.problem)
        }
        guard let layout = RecordLayout(stored) else {
            throw EventLogError.damaged(
                path: path, sequence: sequence, problem: "it contradicts its own size or flags")
        }
        var entries: UInt64 = 0
        if layout.beginsStep {
            entries = try finish(transaction)
            first = sequence
        } else if first == 0 {
            throw EventLogError.damaged(
                path: path, sequence: sequence, problem: "it begins a commit, but no step")
        }
        hash(stored, sequence)
        layout.forEachTerm(in: stored) { pairs.append(($0, UInt32(sequence - first))) }
        return entries
    }

    private mutating func hash(_ stored: UnsafeRawBufferPointer, _ sequence: UInt64) {
        let check = UInt32(littleEndian: stored.loadUnaligned(as: UInt32.self)) ^ Checksum.mask(of: sequence)
        let head = UInt64(UInt32(stored.count)) | UInt64(check) << 32
        withUnsafeBytes(of: head.littleEndian) { step.update(bufferPointer: $0) }
        step.update(bufferPointer: UnsafeRawBufferPointer(rebasing: stored[4...]))
    }

    /// Ends the step that is under way, and compares the index with what it should hold of it.
    ///
    /// - Returns: how many index entries the step has.
    mutating func finish(_ transaction: borrowing ReadTransaction) throws(EventLogError) -> UInt64 {
        guard first > 0 else { return 0 }
        let digest = step.finalize()
        digest.withUnsafeBytes { steps.update(bufferPointer: $0) }
        let postings = Postings(terms: pairs.count) { body in
            for pair in pairs { body(pair.term, pair.record) }
        }
        for entry in postings.entries {
            let key = IndexKey(entry.term, first: first + UInt64(entry.first))
            let stored = try transaction.indexValue(under: key)
            guard let stored, stored.elementsEqual(postings.values[entry.value]) else {
                throw EventLogError.damaged(
                    path: path, sequence: key.first, problem: "it cannot be found by the index as it should")
            }
        }
        step = SHA256()
        first = 0
        pairs.removeAll(keepingCapacity: true)
        return UInt64(postings.entries.count)
    }
}

extension ReadTransaction {
    /// The distances stored under a key of the index.
    fileprivate func indexValue(under key: IndexKey) throws(EventLogError) -> UnsafeRawBufferPointer? {
        try key.withStored { bytes throws(EventLogError) in
            var wanted = MDB_val(mv_size: bytes.count, mv_data: bytes.baseAddress)
            var found = MDB_val()
            switch mdb_get(pointer, index, &wanted, &found) {
            case 0: return UnsafeRawBufferPointer(start: found.mv_data, count: found.mv_size)
            case MDB_NOTFOUND: return nil
            case let code: throw EventLogError(lmdb: code, operation: "look into the index", path: path)
            }
        }
    }
}
