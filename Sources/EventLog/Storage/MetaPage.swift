import Glibc

/// One of the two meta pages of an LMDB 0.9 data file, read directly from the file.
///
/// Layout (LMDB 0.9 `mdb.c`, `MDB_page`, `MDB_meta` and `MDB_db`, 64-bit): a page header of 16 bytes; magic (4),
/// version (4), map address (8), map size (8), the free and the main database (48 each), last page (8) and
/// transaction id (8). A commit writes the page whose number is the lowest bit of its transaction id, so the two
/// ids always differ by one.
struct MetaPage: Equatable {
    let number: Int
    let pageBytes: Int
    let free: PageTree
    let main: PageTree
    let lastPage: UInt64
    let transactionID: UInt64

    /// Both pages of the file, or what is wrong with one of them.
    static func pair(of file: borrowing File) throws(EventLogError) -> Result<[MetaPage], RecordCoding.Damage>
    {
        let first: MetaPage
        switch parse(try file.read(at: 0, count: byteCount), number: 0) {
        case .success(let page): first = page
        case .failure(let damage): return .failure(damage)
        }
        let second = parse(try file.read(at: first.pageBytes, count: byteCount), number: 1)
        return second.map { [first, $0] }
    }

    /// Whether the file begins like LMDB's at all, at either meta page of a common page size.
    static func isPresent(in file: borrowing File) throws(EventLogError) -> Bool {
        for offset in [0, 4096, 16384, 65536] {
            let bytes = try file.read(at: offset, count: byteCount)
            if bytes.count == byteCount, bytes.littleEndian(at: 16) == magic { return true }
        }
        return false
    }

    static let byteCount = 152
    private static let magic: UInt32 = 0xbeef_c0de
    private static let metaFlag: UInt16 = 0x08

    private static func parse(_ bytes: [UInt8], number: Int) -> Result<MetaPage, RecordCoding.Damage> {
        func damage(_ problem: String) -> Result<MetaPage, RecordCoding.Damage> {
            .failure(RecordCoding.Damage("meta page \(number) of data.mdb \(problem)"))
        }
        guard bytes.count == byteCount else { return damage("is missing") }
        guard bytes.littleEndian(at: 0) == UInt64(number) else { return damage("has another page's number") }
        guard bytes.littleEndian(at: 10) == metaFlag else { return damage("is not marked as one") }
        guard bytes.littleEndian(at: 16) == magic else { return damage("has no LMDB magic number") }
        guard bytes.littleEndian(at: 20) == UInt32(1) else { return damage("has another LMDB version") }
        let pageBytes = Int(bytes.littleEndian(at: 40, as: UInt32.self))
        guard (512...65536).contains(pageBytes), pageBytes.nonzeroBitCount == 1 else {
            return damage("has the impossible page size \(pageBytes)")
        }
        let page = MetaPage(
            number: number, pageBytes: pageBytes, free: PageTree(stored: bytes, at: 40),
            main: PageTree(stored: bytes, at: 88), lastPage: bytes.littleEndian(at: 136),
            transactionID: bytes.littleEndian(at: 144))
        guard page.transactionID == 0 || page.transactionID & 1 == UInt64(number) else {
            return damage("has transaction \(page.transactionID), which belongs on the other one")
        }
        return .success(page)
    }
}

/// LMDB's record of one B+tree (`MDB_db`).
struct PageTree: Equatable {
    let flags: UInt16
    let depth: UInt16
    let branchPages: UInt64
    let leafPages: UInt64
    let overflowPages: UInt64
    let entries: UInt64
    /// The root's page number; all ones if the tree is empty.
    let root: UInt64

    static let byteCount = 48
    static let noPage = UInt64.max
    static let integerKeys: UInt16 = 0x08

    init(stored bytes: [UInt8], at offset: Int) {
        flags = bytes.littleEndian(at: offset + 4)
        depth = bytes.littleEndian(at: offset + 6)
        branchPages = bytes.littleEndian(at: offset + 8)
        leafPages = bytes.littleEndian(at: offset + 16)
        overflowPages = bytes.littleEndian(at: offset + 24)
        entries = bytes.littleEndian(at: offset + 32)
        root = bytes.littleEndian(at: offset + 40)
    }
}
