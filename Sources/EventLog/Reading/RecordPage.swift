import CLMDB

/// Records copied out of one short transaction, checked, in their stored form.
struct RecordPage {
    /// The number of the last record when the page was read.
    var head: UInt64
    /// The transaction that the page was read in.
    var transactionID: UInt64
    var first: UInt64
    /// Per record: whether it begins a step, and where its payload lies in `bytes`.
    var entries: [(beginsStep: Bool, payload: Range<Int>)] = []
    var bytes: [UInt8] = []

    /// A page ends when it holds this many bytes, so that no transaction lasts long (LOG-6).
    static let bytesLimit = 4 << 20

    var records: [Record] {
        entries.indices.map { index in
            Record(
                sequence: first + UInt64(index), beginsStep: entries[index].beginsStep,
                bytes: Array(bytes[entries[index].payload]))
        }
    }
}

extension ReadTransaction {
    /// The page of up to `limit` records from `first` on.
    ///
    /// Positions are gapless, so it is known which record must come next; anything else is damage.
    func page(from first: UInt64, limit: Int) throws(EventLogError) -> RecordPage {
        var page = RecordPage(head: try head(), transactionID: id, first: first)
        guard first <= page.head, limit > 0 else { return page }
        let cursor = try cursor(on: records)
        var sequence = first
        var entry = try cursor.move(MDB_SET_KEY, to: first)
        while true {
            guard let found = entry, found.key == sequence else {
                throw EventLogError.damaged(path: path, sequence: sequence, problem: "it is not in its place")
            }
            try page.append(found.value, at: sequence, path: path)
            guard sequence < page.head, page.entries.count < limit, page.bytes.count < RecordPage.bytesLimit
            else { return page }
            sequence += 1
            entry = try cursor.move(MDB_NEXT)
        }
    }
}

extension RecordPage {
    mutating func append(
        _ stored: UnsafeRawBufferPointer, at sequence: UInt64, path: String
    ) throws(EventLogError) {
        guard stored.count <= RecordCoding.payloadBytesLimit + RecordCoding.headerBytes else {
            throw EventLogError.damaged(
                path: path, sequence: sequence, problem: "it claims to have \(stored.count) bytes")
        }
        switch RecordCoding.check(stored, sequence: sequence) {
        case .success(let beginsStep):
            let start = bytes.count + RecordCoding.headerBytes
            bytes.append(contentsOf: stored)
            entries.append((beginsStep, start..<bytes.count))
        case .failure(let damage):
            throw EventLogError.damaged(path: path, sequence: sequence, problem: damage.problem)
        }
    }
}
