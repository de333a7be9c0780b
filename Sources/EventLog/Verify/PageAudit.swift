import Glibc

/// Checks the pages of LMDB's data file without LMDB: it reads the file, so nothing in it can end the process.
///
/// It finds what reading the records cannot: an older meta page that was made to look like the newest, a free
/// list that gives away pages in use, a page under a wrong number. Readers see nothing of that yet; the next
/// writer would make it a loss.
struct PageAudit: ~Copyable {
    private let file: File
    private let folder: String
    private let meta: MetaPage
    private let onPage: () -> Void
    /// One bit per page that has been accounted for.
    private var seen: [UInt64]

    /// How many pages LMDB may have given out beyond the end of the file without ever writing them.
    private static let unwrittenPagesLimit: UInt64 = 65536
    private static let depthLimit = 32

    /// Throws what is wrong with the pages of the log's data file. Says nothing about a file that is written all
    /// the time: pages stay as they are only until the next commit.
    static func run(_ files: LogFiles, onPage: @escaping () -> Void) throws(EventLogError) {
        for attempt in 0..<5 {
            if attempt > 0 { usleep(20000) }
            let before = try metaPages(files)
            let result: Result<Void, EventLogError>
            do throws(EventLogError) {
                let pages = try before.get()
                result = .success(try audit(files, pages, onPage))
            } catch {
                result = .failure(error)
            }
            // Judged only if no commit came in between.
            if try metaPages(files) == before { return try result.get() }
        }
    }

    /// Whether the older of the two states ends with the commit that its meta page says, as every one does that was
    /// committed. Only for a log that nobody writes meanwhile.
    static func isOlderStateSound(_ files: LogFiles) throws(EventLogError) -> Bool {
        let pages = try metaPages(files).get()
        let older = pages[0].transactionID < pages[1].transactionID ? pages[0] : pages[1]
        guard older.transactionID > 0 else { return true }
        do throws(EventLogError) {
            try PageAudit(files, older, onPage: {}).checkLastCommit()
            return true
        } catch .damaged {
            return false
        }
    }

    private static func metaPages(_ files: LogFiles) throws(EventLogError) -> Result<
        [MetaPage], EventLogError
    > {
        let file = try File(opening: files.data, O_RDONLY)
        return try MetaPage.pair(of: file).mapError {
            .damaged(path: files.folder, sequence: nil, problem: $0.problem)
        }
    }

    private static func audit(
        _ files: LogFiles, _ pages: [MetaPage], _ onPage: @escaping () -> Void
    ) throws(EventLogError) {
        let newer = pages[0].transactionID > pages[1].transactionID ? pages[0] : pages[1]
        let older = pages[1 - newer.number]
        guard newer.transactionID == older.transactionID &+ 1 else {
            throw EventLogError.damaged(
                path: files.folder, sequence: nil,
                problem: """
                    the meta pages of data.mdb have the transactions \(older.transactionID) and \
                    \(newer.transactionID), which do not follow upon each other
                    """)
        }
        var audit = try PageAudit(files, newer, onPage: onPage)
        try audit.walk()
        // The state before the last commit is kept whole until the next one. A newest meta page that was changed
        // to an older transaction is found by its last commit.
        for page in [newer, older] where page.transactionID > 0 {
            try PageAudit(files, page, onPage: onPage).checkLastCommit()
        }
    }

    private init(
        _ files: LogFiles, _ meta: MetaPage, onPage: @escaping () -> Void
    ) throws(EventLogError) {
        let file = try File(opening: files.data, O_RDONLY)
        let filePages = UInt64(try file.size() / meta.pageBytes)
        guard meta.lastPage <= filePages + Self.unwrittenPagesLimit else {
            throw EventLogError.damaged(
                path: files.folder, sequence: nil,
                problem: "data.mdb should reach to page \(meta.lastPage), but it has \(filePages) pages")
        }
        self.file = file
        folder = files.folder
        self.meta = meta
        self.onPage = onPage
        seen = [UInt64](repeating: 0, count: Int(meta.lastPage / 64) + 1)
        seen[0] = 0b11
    }

    // MARK: Walking the newest state

    private mutating func walk() throws(EventLogError) {
        guard meta.main.flags == 0, meta.free.flags == PageTree.integerKeys else {
            throw damage("meta page \(meta.number) has the flags \(meta.main.flags) and \(meta.free.flags)")
        }
        try walk(meta.main, name: "main", keysAreNumbers: false)
        try walk(meta.free, name: "free", keysAreNumbers: true)
        // Every page that LMDB has given out is in a tree or free, so a wrong number of the last one shows here.
        for number in 0...meta.lastPage where seen[Int(number / 64)] & 1 << (number % 64) == 0 {
            throw damage("page \(number) is in no tree, and it is not free")
        }
    }

    /// What the pages of one tree add up to.
    private struct Count {
        var branchPages: UInt64 = 0
        var leafPages: UInt64 = 0
        var overflowPages: UInt64 = 0
        var entries: UInt64 = 0
    }

    private mutating func walk(
        _ tree: PageTree, name: String, keysAreNumbers: Bool
    ) throws(EventLogError) {
        var count = Count()
        guard tree.root != PageTree.noPage || tree.entries == 0 && tree.depth == 0 else {
            throw damage("the tree \"\(name)\" has entries or levels, but no root")
        }
        if tree.root != PageTree.noPage {
            _ = try visit(
                tree.root, of: name, level: 1, depth: Int(tree.depth),
                keys: keysAreNumbers ? 0...(name == "free" ? meta.transactionID : .max) : nil,
                &count)
        }
        guard count.branchPages == tree.branchPages, count.leafPages == tree.leafPages,
            count.overflowPages == tree.overflowPages, count.entries == tree.entries
        else {
            throw damage("the tree \"\(name)\" does not have the pages and entries that it counts")
        }
    }

    /// Trees that grow at their end and lose entries at their beginning alone. LMDB then keeps the first key below each
    /// page as the one that leads there; elsewhere it may leave a smaller one, which leads there as well.
    private static let appendedTrees: Set = ["records", "commits"]

    /// Visits a page and what is below it. `keys` are the numbers that may stand there, nil in a tree by names.
    ///
    /// - Returns: the first number there.
    private mutating func visit(
        _ number: UInt64, of name: String, level: Int, depth: Int, keys: ClosedRange<UInt64>?,
        _ count: inout Count
    ) throws(EventLogError) -> UInt64? {
        try account(for: number, in: name)
        onPage()
        let page = try page(number, of: name)
        guard level <= min(depth, Self.depthLimit), page.kind == (level == depth ? .leaf : .branch),
            page.kind == .leaf || !page.nodes.isEmpty
        else {
            throw damage("page \(number) of the tree \"\(name)\" is not of the kind that its level has")
        }
        var starts: [UInt64] = []
        for (index, node) in page.nodes.enumerated() {
            guard let keys else { break }
            // A branch has no key for its first child.
            let key = page.kind == .branch && index == 0 ? keys.lowerBound : page.number(of: node)
            guard let key, keys.contains(key), starts.last.map({ $0 < key }) ?? true else {
                throw damage("page \(number) of the tree \"\(name)\" has a key out of order")
            }
            starts.append(key)
        }
        if page.kind == .leaf {
            count.leafPages += 1
            count.entries += UInt64(page.nodes.count)
            for node in page.nodes { try visitEntry(node, page, of: name, &count) }
            return starts.first
        }
        count.branchPages += 1
        var first: UInt64?
        for (index, node) in page.nodes.enumerated() {
            let range = keys.map { keys in
                starts[index]...(index + 1 < starts.count ? starts[index + 1] - 1 : keys.upperBound)
            }
            let found = try visit(node.child, of: name, level: level + 1, depth: depth, keys: range, &count)
            guard index > 0 else {
                first = found
                continue
            }
            guard !Self.appendedTrees.contains(name) || found == starts[index] else {
                throw damage("page \(number) of the tree \"\(name)\" has a key that is not its child's first")
            }
        }
        return first
    }

    private mutating func visitEntry(
        _ node: PageView.Node, _ page: PageView, of name: String, _ count: inout Count
    ) throws(EventLogError) {
        if node.flags & PageView.subtreeFlag != 0 {
            guard name == "main", node.data.count == PageTree.byteCount else {
                throw damage("page \(page.number) of the tree \"\(name)\" has a misplaced tree")
            }
            let subtree = PageTree(stored: page.bytes, at: node.data.lowerBound)
            guard subtree.flags & ~PageTree.integerKeys == 0 else {
                throw damage("page \(page.number) has a tree with the flags \(subtree.flags)")
            }
            try walk(
                subtree, name: String(decoding: page.bytes[node.key], as: UTF8.self),
                keysAreNumbers: subtree.flags & PageTree.integerKeys != 0)
            return
        }
        var data = page.bytes[node.data]
        if node.flags & PageView.overflowFlag != 0 {
            let first: UInt64 = page.bytes.littleEndian(at: node.data.lowerBound)
            let start = try self.page(first, of: name)
            let needed = UInt64((PageView.headerBytes + node.dataBytes + meta.pageBytes - 1) / meta.pageBytes)
            guard start.kind == .overflow, start.overflowCount == needed else {
                throw damage(
                    "page \(first) of the tree \"\(name)\" does not hold the large value that it should")
            }
            for number in first..<(first + needed) { try account(for: number, in: name) }
            count.overflowPages += needed
            if name == "free" {
                data = try file.read(
                    at: Int(first) * meta.pageBytes + PageView.headerBytes, count: node.dataBytes)[...]
            }
        }
        if name == "free" { try visitFreePages(Array(data)) }
    }

    /// A value of the free list: a count, and as many numbers of pages.
    private mutating func visitFreePages(_ list: [UInt8]) throws(EventLogError) {
        guard list.count >= 8, list.count % 8 == 0 else {
            throw damage("the free list has a value of \(list.count) bytes")
        }
        let count: UInt64 = list.littleEndian(at: 0)
        guard count <= UInt64(list.count / 8 - 1) else {
            throw damage("the free list has a value that is shorter than it says")
        }
        for index in 0..<Int(count) {
            try account(for: list.littleEndian(at: 8 * (index + 1)), in: "free")
        }
    }

    private mutating func account(for number: UInt64, in name: String) throws(EventLogError) {
        guard number <= meta.lastPage else {
            throw damage("the tree \"\(name)\" names page \(number), which does not exist")
        }
        let bit = UInt64(1) << (number % 64)
        guard seen[Int(number / 64)] & bit == 0 else {
            throw damage("the tree \"\(name)\" names page \(number), which has another use")
        }
        seen[Int(number / 64)] |= bit
    }

    // MARK: The last commit of either state

    private consuming func checkLastCommit() throws(EventLogError) {
        var commits: PageTree?
        let main = try lastLeaf(of: meta.main, name: "main")
        for node in main.nodes where node.data.count == PageTree.byteCount {
            if main.bytes[node.key].elementsEqual("commits".utf8) {
                commits = PageTree(stored: main.bytes, at: node.data.lowerBound)
            }
        }
        guard let commits else { throw damage("transaction \(meta.transactionID) has no commits") }
        let leaf = try lastLeaf(of: commits, name: "commits")
        guard let node = leaf.nodes.last, let commit = CommitRecord(stored: Array(leaf.bytes[node.data])),
            commit.transactionID == meta.transactionID
        else {
            throw damage(
                """
                meta page \(meta.number) of data.mdb has transaction \(meta.transactionID), but another one's \
                last commit
                """)
        }
    }

    private borrowing func lastLeaf(of tree: PageTree, name: String) throws(EventLogError) -> PageView {
        var page = try page(tree.root, of: name)
        for _ in 0..<Self.depthLimit {
            guard page.kind == .branch, let last = page.nodes.last else { break }
            page = try self.page(last.child, of: name)
        }
        guard page.kind == .leaf else { throw damage("the tree \"\(name)\" does not end in a leaf") }
        return page
    }

    private borrowing func page(_ number: UInt64, of name: String) throws(EventLogError) -> PageView {
        guard number <= meta.lastPage else {
            throw damage("the tree \"\(name)\" names page \(number), which does not exist")
        }
        let bytes = try file.read(at: Int(number) * meta.pageBytes, count: meta.pageBytes)
        guard let page = PageView(number: number, bytes: bytes, pageBytes: meta.pageBytes) else {
            throw damage("page \(number) of the tree \"\(name)\" is not a sound page")
        }
        return page
    }

    private borrowing func damage(_ problem: String) -> EventLogError {
        .damaged(path: folder, sequence: nil, problem: problem)
    }
}
