/// Elements in ascending order, each once, in blocks of limited length: to insert or remove one moves those of its block
/// and not all that are behind it.
struct SortedBlocks<Element: Comparable & Sendable>: Sendable {
    /// Most elements of a block.
    static var blockLimit: Int { 128 }
    /// Elements among which a place is found by counting.
    private static var countedAtOnce: Int { 16 }

    /// The blocks before the last one. None is empty, and no two neighbours would fit into half a block.
    private(set) var earlier: [[Element]] = []
    /// The last block, which stands apart since it is all that there is of few elements; it is empty only if they all are.
    private(set) var last: [Element] = []
    /// How many elements there are.
    private(set) var count = 0

    init() {}

    /// Whether an element is there.
    func contains(_ element: Element) -> Bool { self.element(at: lowerBound(element)) == element }

    /// Inserts an element, and says whether it was not there before.
    @discardableResult
    mutating func insert(_ element: Element) -> Bool {
        let place = lowerBound(element)
        if self.element(at: place) == element { return false }
        count += 1
        if place.block < earlier.count {
            earlier[place.block].insert(element, at: place.offset)
            if earlier[place.block].count > Self.blockLimit { split(place.block) }
        } else if place.offset < last.count {
            last.insert(element, at: place.offset)
            if last.count > Self.blockLimit { endBlock(at: last.count / 2) }
        } else {
            last.append(element)
            // What comes last mostly goes on to do so: the block before stays full.
            if last.count > Self.blockLimit { endBlock(at: last.count - 1) }
        }
        return true
    }

    /// Removes an element, and says whether it was there.
    @discardableResult
    mutating func remove(_ element: Element) -> Bool {
        let place = lowerBound(element)
        guard self.element(at: place) == element else { return false }
        count -= 1
        if place.block == earlier.count {
            last.removeByMoving(at: place.offset)
            if last.isEmpty, let block = earlier.popLast() { last = block }
        } else if earlier[place.block].count == 1 {
            earlier.remove(at: place.block)
        } else {
            earlier[place.block].removeByMoving(at: place.offset)
        }
        join(place.block)
        join(place.block - 1)
        return true
    }

    /// Puts an element in place of another one, which need not be there; it may be there itself.
    mutating func replace(_ old: Element, with new: Element) {
        if earlier.isEmpty, movesUp(old, to: new) { return }
        remove(old)
        insert(new)
    }

    /// Does so within the last block, if the old element is there and the new one comes behind it.
    private mutating func movesUp(_ old: Element, to new: Element) -> Bool {
        last.withUnsafeMutableBufferPointer { block in
            let from = Self.offset(of: old, in: UnsafeBufferPointer(block))
            let to = Self.offset(of: new, in: UnsafeBufferPointer(block))
            guard from < to, block[from] == old, to == block.count || block[to] != new else { return false }
            for offset in from..<to &- 1 { block[offset] = block[offset &+ 1] }
            block[to &- 1] = new
            return true
        }
    }

    /// The first element for which this is so, sought among all of them.
    func first(where isSought: (Element) -> Bool) -> Element? {
        for block in earlier {
            for element in block where isSought(element) { return element }
        }
        for element in last where isSought(element) { return element }
        return nil
    }

    /// The element at a place; nil at the end.
    @inline(__always)
    private func element(at place: Index) -> Element? {
        if place.block < earlier.count { return earlier[place.block][place.offset] }
        return place.offset < last.count ? last[place.offset] : nil
    }

    /// The place of the first element that is not less.
    @inline(__always)
    private func lowerBound(_ element: Element) -> Index {
        if !earlier.isEmpty {
            let block = self.block(of: element)
            if block < earlier.count {
                return Index(block: block, offset: offset(of: element, inEarlier: block))
            }
        }
        return Index(
            block: earlier.count, offset: last.withUnsafeBufferPointer { Self.offset(of: element, in: $0) })
    }

    private func offset(of element: Element, inEarlier block: Int) -> Int {
        earlier[block].withUnsafeBufferPointer { Self.offset(of: element, in: $0) }
    }

    /// The first block whose last element is not less, or the last block.
    private func block(of element: Element) -> Int {
        var low = 0
        var high = earlier.count
        while low < high {
            let middle = (low &+ high) &>> 1
            if earlier[middle][earlier[middle].count &- 1] < element {
                low = middle &+ 1
            } else {
                high = middle
            }
        }
        return low
    }

    /// The offset of the first element of a block that is not less.
    @inline(__always)
    private static func offset(of element: Element, in block: UnsafeBufferPointer<Element>) -> Int {
        // What is inserted mostly comes last.
        if block.isEmpty || block[block.count &- 1] < element { return block.count }
        var low = 0
        var high = block.count &- 1
        while high &- low > countedAtOnce {
            let middle = (low &+ high) &>> 1
            if block[middle] < element { low = middle &+ 1 } else { high = middle }
        }
        // As in a table: to count takes no branch that could not be foreseen.
        var first = low
        while low < high {
            first &+= block[low] < element ? 1 : 0
            low &+= 1
        }
        return first
    }

    /// Makes two blocks of an earlier one.
    private mutating func split(_ block: Int) {
        let half = earlier[block].count / 2
        let upper = Array(earlier[block][half...])
        earlier[block].removeSubrange(half...)
        earlier.insert(upper, at: block + 1)
    }

    /// Makes an earlier block of the elements of the last one up to here.
    private mutating func endBlock(at offset: Int) {
        earlier.append(Array(last[..<offset]))
        last.removeSubrange(..<offset)
    }

    /// Makes one block of this and the next one, if there are two and both are short.
    private mutating func join(_ block: Int) {
        guard block >= 0, block < earlier.count else { return }
        let isNextLast = block + 1 == earlier.count
        let next = isNextLast ? last.count : earlier[block + 1].count
        guard earlier[block].count + next <= Self.blockLimit / 2 else { return }
        if isNextLast {
            last.insert(contentsOf: earlier.removeLast(), at: 0)
        } else {
            earlier[block] += earlier.remove(at: block + 1)
        }
    }
}

extension SortedBlocks: Collection {
    struct Index: Comparable {
        fileprivate var block: Int
        fileprivate var offset: Int

        static func < (left: Index, right: Index) -> Bool {
            left.block != right.block ? left.block < right.block : left.offset < right.offset
        }
    }

    var startIndex: Index { Index(block: 0, offset: 0) }
    var endIndex: Index { Index(block: earlier.count, offset: last.count) }

    func index(after index: Index) -> Index {
        index.block < earlier.count && index.offset + 1 == earlier[index.block].count
            ? Index(block: index.block + 1, offset: 0) : Index(block: index.block, offset: index.offset + 1)
    }

    subscript(index: Index) -> Element {
        index.block < earlier.count ? earlier[index.block][index.offset] : last[index.offset]
    }
}

extension SortedBlocks: Equatable {
    static func == (left: SortedBlocks, right: SortedBlocks) -> Bool {
        left.count == right.count && left.elementsEqual(right)
    }
}

extension Array {
    /// Removes an element that few follow: to move them one by one then costs less than `remove(at:)`.
    @inline(__always)
    mutating func removeByMoving(at offset: Int) {
        withUnsafeMutableBufferPointer { elements in
            var next = offset &+ 1
            while next < elements.count {
                elements[next &- 1] = elements[next]
                next &+= 1
            }
        }
        removeLast()
    }
}
