/// What every byte of an LMDB 0.9 data file is for, read from the file without LMDB and without the log's own reader.
///
/// Layout (LMDB 0.9 `mdb.c`: `MDB_page`, `MDB_meta`, `MDB_db`, `MDB_node`, `mdb_freelist_save`; 64-bit, little-endian).
struct PageMap {
    /// The use of a byte.
    enum Use: UInt8, CaseIterable {
        /// No tree, list or meta page names the page.
        case unaccounted
        /// The stored form of a record.
        case record
        /// A value of another database: commits, index, metadata.
        case value
        /// What LMDB follows: headers, offsets, nodes, keys, trees, the free list.
        case structure
        /// The fields of the meta pages that LMDB reads.
        case meta
        /// The fields of the older meta page that the next commit replaces unread.
        case olderMeta
        /// The transactions that freed pages: any smaller number in their order is as good when no reader is that old.
        case freeListKey
        /// Room between offsets and nodes, padding, behind a large value, fields that LMDB ignores.
        case unusedInPage
        /// In a page of the free list.
        case freePage
        /// In a page behind the last one.
        case beyondLastPage

        /// Whether a change there has to be found.
        var matters: Bool {
            switch self {
            case .record, .value, .structure, .meta, .unaccounted: true
            case .olderMeta, .freeListKey, .unusedInPage, .freePage, .beyondLastPage: false
            }
        }

        var name: String {
            switch self {
            case .unaccounted: "unaccounted"
            case .record: "record"
            case .value: "other value"
            case .structure: "structure"
            case .meta: "meta page"
            case .olderMeta: "older meta page"
            case .freeListKey: "key of the free list"
            case .unusedInPage: "unused in a page"
            case .freePage: "free page"
            case .beyondLastPage: "beyond the last page"
            }
        }
    }

    private static let pageBytes = 4096
    private static let headerBytes = 16
    private static let metaBytes = 152
    private static let nodeHeaderBytes = 8
    private static let treeBytes = 48
    private static let noPage = UInt64.max

    private let bytes: [UInt8]
    private(set) var uses: [Use]
    /// Where each record's stored form lies, by its sequence number.
    private(set) var records: [UInt64: Range<Int>] = [:]

    /// Reads the file; it must be sound.
    init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        uses = [Use](repeating: .unaccounted, count: bytes.count)
        let newest = integer(UInt64.self, Self.pageBytes + 144) > integer(UInt64.self, 144) ? 1 : 0
        for page in [0, 1] { markMeta(page, isNewest: page == newest) }
        let meta = newest * Self.pageBytes
        let end = (integer(UInt64.self, meta + 136) + 1) * UInt64(Self.pageBytes)
        if end < bytes.count { mark(Int(end)..<bytes.count, .beyondLastPage) }
        try walk(treeAt: meta + 40, named: "free")
        try walk(treeAt: meta + 88, named: "main")
    }

    /// The sequence number of the record that a byte belongs to.
    func sequence(at position: Int) -> UInt64? {
        uses[position] == .record ? records.first { $0.value.contains(position) }?.key : nil
    }

    private func integer<Value: FixedWidthInteger>(_: Value.Type, _ offset: Int) -> Value {
        bytes.withUnsafeBytes {
            Value(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: Value.self))
        }
    }

    private mutating func mark(_ range: Range<Int>, _ use: Use) {
        for position in range { uses[position] = use }
    }

    private mutating func markMeta(_ number: Int, isNewest: Bool) {
        let start = number * Self.pageBytes
        mark(start..<(start + Self.pageBytes), .unusedInPage)
        mark(start..<(start + Self.metaBytes), isNewest ? .meta : .olderMeta)
        // Of the older page LMDB reads the page's number and flags, magic, version and transaction.
        for field in [0..<8, 10..<12, 16..<24, 144..<152] {
            mark((start + field.lowerBound)..<(start + field.upperBound), .meta)
        }
        // Unused: padding, lower and upper end; the map's address and size, which the opening brings.
        for field in [8..<10, 12..<16, 24..<40] {
            mark((start + field.lowerBound)..<(start + field.upperBound), .unusedInPage)
        }
        // The free tree's padding is the page size; that of the main tree means nothing.
        mark((start + 88)..<(start + 92), .unusedInPage)
    }

    private mutating func walk(treeAt offset: Int, named name: String) throws {
        let root = integer(UInt64.self, offset + 40)
        if root != Self.noPage { try visit(root, tree: name) }
    }

    private mutating func visit(_ number: UInt64, tree: String) throws {
        let start = Int(number) * Self.pageBytes
        let flags = integer(UInt16.self, start + 10)
        let lower = Int(integer(UInt16.self, start + 12))
        let isBranch = flags == 0x01
        guard isBranch || flags == 0x02, start + Self.pageBytes <= bytes.count else {
            throw Violation("page \(number) of the tree \(tree) has the flags \(flags)")
        }
        mark(start..<(start + Self.pageBytes), .unusedInPage)
        mark(start..<(start + 8), .structure)
        mark((start + 10)..<(start + lower), .structure)
        for (index, offset) in stride(from: Self.headerBytes, to: lower, by: 2).enumerated() {
            let node = start + Int(integer(UInt16.self, start + offset))
            let keyEnd = node + Self.nodeHeaderBytes + Int(integer(UInt16.self, node + 6))
            if isBranch {
                // The first key of a branch is never compared.
                mark(node..<(index == 0 ? node + Self.nodeHeaderBytes : keyEnd), .structure)
                let child =
                    UInt64(integer(UInt32.self, node)) | UInt64(integer(UInt16.self, node + 4)) << 32
                try visit(child, tree: tree)
            } else {
                mark(node..<keyEnd, .structure)
                if tree == "free" { mark((keyEnd - 8)..<keyEnd, .freeListKey) }
                try visitValue(of: node, keyEnd: keyEnd, tree: tree)
            }
        }
    }

    private mutating func visitValue(of node: Int, keyEnd: Int, tree: String) throws {
        let size = Int(integer(UInt32.self, node))
        let flags = integer(UInt16.self, node + 4)
        var value = keyEnd..<(keyEnd + size)
        if flags & 0x01 != 0 {
            // The value lies in overflow pages; the node has the number of the first.
            mark(keyEnd..<(keyEnd + 8), .structure)
            let start = Int(integer(UInt64.self, keyEnd)) * Self.pageBytes
            let pages = Int(integer(UInt32.self, start + 12))
            mark(start..<(start + pages * Self.pageBytes), .unusedInPage)
            mark(start..<(start + 8), .structure)
            mark((start + 10)..<(start + Self.headerBytes), .structure)
            value = (start + Self.headerBytes)..<(start + Self.headerBytes + size)
        }
        if flags & 0x02 != 0 {
            mark(value, .structure)
            // The padding of a named database's entry.
            mark(value.lowerBound..<(value.lowerBound + 4), .unusedInPage)
            let name = String(decoding: bytes[(node + Self.nodeHeaderBytes)..<keyEnd], as: UTF8.self)
            try walk(treeAt: value.lowerBound, named: name)
        } else if tree == "free" {
            visitFreeList(value)
        } else if tree == "records" {
            visitRecords(value, last: integer(UInt64.self, keyEnd - 8))
        } else {
            mark(value, .value)
        }
    }

    /// A count, where each record but the last ends, and the records.
    private mutating func visitRecords(_ value: Range<Int>, last: UInt64) {
        let count = Int(integer(UInt16.self, value.lowerBound))
        let first = value.lowerBound + 2 * count
        mark(value.lowerBound..<first, .structure)
        var start = first
        for index in 0..<count {
            let end =
                index == count - 1
                ? value.upperBound : first + Int(integer(UInt16.self, value.lowerBound + 2 + 2 * index))
            mark(start..<end, .record)
            records[last - UInt64(count - 1 - index)] = start..<end
            start = end
        }
    }

    /// A count and as many page numbers; room may be left behind them.
    private mutating func visitFreeList(_ value: Range<Int>) {
        let count = Int(integer(UInt64.self, value.lowerBound))
        mark(value, .unusedInPage)
        mark(value.lowerBound..<(value.lowerBound + 8 * (count + 1)), .structure)
        for index in 1...max(count, 1) where index <= count {
            let start = Int(integer(UInt64.self, value.lowerBound + 8 * index)) * Self.pageBytes
            // Pages that were given out in the same commit may never have been written.
            let range = start..<min(start + Self.pageBytes, bytes.count)
            if !range.isEmpty { mark(range, .freePage) }
        }
    }
}
