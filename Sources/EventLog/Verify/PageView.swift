/// One page of an LMDB 0.9 data file, read with every bound checked.
///
/// Layout (LMDB 0.9 `mdb.c`, `MDB_page` and `MDB_node`): page number (8), unused (2), flags (2), then either the
/// end of the node offsets (2) and the start of the nodes (2), or for overflow pages their count (4); from 16 on
/// the offset (2) of each node. A node has a size or the low part of a child's page number (4), flags or the
/// child's high part (2), the key's size (2), the key and the data.
struct PageView {
    enum Kind: UInt16 {
        case branch = 0x01
        case leaf = 0x02
        case overflow = 0x04
    }

    struct Node {
        var key: Range<Int>
        /// In a leaf: the size of the data, wherever it lies.
        var dataBytes: Int
        /// In a leaf: the data, or the number of the first overflow page.
        var data: Range<Int>
        var flags: UInt16
        /// In a branch.
        var child: UInt64
    }

    static let headerBytes = 16
    static let overflowFlag: UInt16 = 0x01
    static let subtreeFlag: UInt16 = 0x02

    let number: UInt64
    let kind: Kind
    let bytes: [UInt8]
    /// In an overflow page: how many pages belong together.
    let overflowCount: UInt64
    let nodes: [Node]

    /// The page, or nil if its bytes cannot be one.
    init?(number: UInt64, bytes: [UInt8], pageBytes: Int) {
        guard bytes.count == pageBytes, bytes.littleEndian(at: 0) == number,
            let kind = Kind(rawValue: bytes.littleEndian(at: 10))
        else { return nil }
        self.number = number
        self.kind = kind
        self.bytes = bytes
        overflowCount = UInt64(bytes.littleEndian(at: 12, as: UInt32.self))
        guard kind != .overflow else {
            nodes = []
            return
        }
        let lower = Int(bytes.littleEndian(at: 12, as: UInt16.self))
        let upper = Int(bytes.littleEndian(at: 14, as: UInt16.self))
        guard lower >= Self.headerBytes, lower % 2 == 0, lower <= upper, upper <= pageBytes else {
            return nil
        }
        var nodes: [Node] = []
        for offset in stride(from: Self.headerBytes, to: lower, by: 2) {
            let start = Int(bytes.littleEndian(at: offset, as: UInt16.self))
            guard start >= upper, let node = Self.node(in: bytes, at: start, kind: kind) else { return nil }
            nodes.append(node)
        }
        // The next node is put below the lowest one.
        guard upper == nodes.map({ $0.key.lowerBound - 8 }).min() ?? pageBytes else { return nil }
        self.nodes = nodes
    }

    private static func node(in bytes: [UInt8], at start: Int, kind: Kind) -> Node? {
        guard start + 8 <= bytes.count else { return nil }
        let low = bytes.littleEndian(at: start, as: UInt32.self)
        let flags = bytes.littleEndian(at: start + 4, as: UInt16.self)
        let keyEnd = start + 8 + Int(bytes.littleEndian(at: start + 6, as: UInt16.self))
        let inlineBytes =
            switch kind {
            case .leaf: flags & overflowFlag != 0 ? 8 : Int(low)
            case .branch, .overflow: 0
            }
        guard keyEnd + inlineBytes <= bytes.count,
            kind == .branch || flags & ~(overflowFlag | subtreeFlag) == 0
        else { return nil }
        return Node(
            key: (start + 8)..<keyEnd, dataBytes: Int(low), data: keyEnd..<(keyEnd + inlineBytes),
            flags: flags,
            child: UInt64(low) | UInt64(flags) << 32)
    }

    /// The node's key as an integer, or nil if it is none.
    func number(of node: Node) -> UInt64? {
        node.key.count == 8 ? bytes.littleEndian(at: node.key.lowerBound) : nil
    }
}
