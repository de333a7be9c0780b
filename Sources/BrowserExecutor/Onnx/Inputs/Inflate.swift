/// Unpacks deflated data (RFC 1951), as the members of an `.npz` are.
struct Inflate {
    /// Why the data cannot be unpacked.
    struct Malformed: Error, Equatable, CustomStringConvertible {
        let reason: String
        var description: String { reason }
    }

    private let input: ArraySlice<UInt8>
    /// The next byte of the input that is not held.
    private var at: Int
    /// Whole bytes of the input whose bits are not all used, the next bit lowest.
    private var held: UInt64 = 0
    private var heldCount = 0
    private var output: [UInt8] = []
    private let limit: Int

    /// - Parameter size: How many bytes it unpacks to; more or fewer are refused.
    static func unpack(_ data: ArraySlice<UInt8>, size: Int) throws(Malformed) -> [UInt8] {
        var inflate = Inflate(data, limit: size)
        try inflate.run()
        guard inflate.output.count == size else {
            throw Malformed(reason: "it unpacks to \(inflate.output.count) bytes, not \(size)")
        }
        return inflate.output
    }

    private init(_ data: ArraySlice<UInt8>, limit: Int) {
        input = data
        at = data.startIndex
        self.limit = limit
    }

    private mutating func run() throws(Malformed) {
        while true {
            let isLast = try bits(1) == 1
            switch try bits(2) {
            case 0: try copyStored()
            case 1: try unpackBlock(Self.fixedLiterals, Self.fixedDistances)
            case 2:
                let (literals, distances) = try readCodes()
                try unpackBlock(literals, distances)
            default: throw Malformed(reason: "it has a block of a kind that there is none of")
            }
            if isLast { return }
        }
    }

    // MARK: Bits

    /// Takes as many bytes as can be held.
    private mutating func refill() {
        while heldCount <= 56, at < input.endIndex {
            held |= UInt64(input[at]) << UInt64(heldCount)
            heldCount += 8
            at += 1
        }
    }

    private mutating func use(_ count: Int) throws(Malformed) {
        guard count <= heldCount else { throw Malformed(reason: "its packed data is cut off") }
        held >>= UInt64(count)
        heldCount -= count
    }

    private mutating func bits(_ count: Int) throws(Malformed) -> Int {
        if heldCount < count { refill() }
        let value = Int(held & (1 << UInt64(count) - 1))
        try use(count)
        return value
    }

    private mutating func append(_ byte: UInt8) throws(Malformed) {
        guard output.count < limit else { throw Malformed(reason: "it unpacks to more than \(limit) bytes") }
        output.append(byte)
    }

    // MARK: Blocks

    private mutating func copyStored() throws(Malformed) {
        // It begins at the next whole byte.
        try use(heldCount % 8)
        let length = try bits(16)
        guard try bits(16) == ~length & 0xffff else {
            throw Malformed(reason: "a stored block contradicts its own length")
        }
        for _ in 0..<length { try append(UInt8(truncatingIfNeeded: try bits(8))) }
    }

    private mutating func unpackBlock(_ literals: Code, _ distances: Code) throws(Malformed) {
        while true {
            let symbol = try next(of: literals)
            if symbol < 256 {
                try append(UInt8(symbol))
                continue
            }
            if symbol == 256 { return }
            guard symbol < 286 else { throw Malformed(reason: "it has a length that there is none of") }
            let (length, lengthBits) = Self.lengths[symbol - 257]
            let count = length + (try bits(lengthBits))
            let code = try next(of: distances)
            guard code < 30 else { throw Malformed(reason: "it has a distance that there is none of") }
            let (distance, distanceBits) = Self.distances[code]
            let back = distance + (try bits(distanceBits))
            guard back <= output.count else { throw Malformed(reason: "it points to before its beginning") }
            // Byte by byte: what is copied may overlap what it becomes.
            for _ in 0..<count { try append(output[output.count - back]) }
        }
    }

    // MARK: Codes

    /// A Huffman code (section 3.2.2): for every value of the next `width` bits, the symbol that they begin with, times
    /// 16, and how many bits it has; 0 where there is none.
    private struct Code {
        let width: Int
        let table: [UInt16]

        init(lengths: [Int]) throws(Malformed) {
            var counts = [Int](repeating: 0, count: 16)
            for length in lengths where length > 0 { counts[length] += 1 }
            var next = [Int](repeating: 0, count: 16)
            for length in 1...15 {
                next[length] = (next[length - 1] + (length > 1 ? counts[length - 1] : 0)) << 1
                guard next[length] + counts[length] <= 1 << length else {
                    throw Malformed(reason: "it has more codes than their lengths allow")
                }
            }
            width = lengths.max() ?? 0
            var table = [UInt16](repeating: 0, count: 1 << width)
            for (symbol, length) in lengths.enumerated() where length > 0 {
                // Codes are packed from their highest bit on, all else from the lowest.
                let code = (0..<length).reduce(0) { $0 << 1 | next[length] >> $1 & 1 }
                for index in stride(from: code, to: table.count, by: 1 << length) {
                    table[index] = UInt16(symbol << 4 | length)
                }
                next[length] += 1
            }
            self.table = table
        }

        /// The codes of fixed blocks, whose lengths are known to be sound.
        init(fixed lengths: [Int]) {
            do {
                try self.init(lengths: lengths)
            } catch {
                preconditionFailure("the fixed code of RFC 1951 is unsound: \(error)")
            }
        }
    }

    private mutating func next(of code: Code) throws(Malformed) -> Int {
        if heldCount < code.width { refill() }
        let entry = code.table[Int(held & (1 << UInt64(code.width) - 1))]
        guard entry > 0 else { throw Malformed(reason: "it has a code that stands for nothing") }
        try use(Int(entry & 15))
        return Int(entry >> 4)
    }

    /// The codes of a dynamic block (section 3.2.7).
    private mutating func readCodes() throws(Malformed) -> (literals: Code, distances: Code) {
        let literals = try bits(5) + 257
        let distances = try bits(5) + 1
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        var lengthLengths = [Int](repeating: 0, count: 19)
        for position in 0..<(try bits(4) + 4) { lengthLengths[order[position]] = try bits(3) }
        let code = try Code(lengths: lengthLengths)
        var lengths: [Int] = []
        while lengths.count < literals + distances {
            switch try next(of: code) {
            case 16:
                guard let last = lengths.last else {
                    throw Malformed(reason: "it repeats a length before the first")
                }
                lengths += [Int](repeating: last, count: try bits(2) + 3)
            case 17: lengths += [Int](repeating: 0, count: try bits(3) + 3)
            case 18: lengths += [Int](repeating: 0, count: try bits(7) + 11)
            case let length: lengths.append(length)
            }
        }
        guard lengths.count == literals + distances else {
            throw Malformed(reason: "it gives more lengths than it has codes")
        }
        return (
            try Code(lengths: Array(lengths[..<literals])), try Code(lengths: Array(lengths[literals...]))
        )
    }

    // MARK: Tables (sections 3.2.5 and 3.2.6)

    private static let fixedLiterals = Code(
        fixed: [Int](repeating: 8, count: 144) + [Int](repeating: 9, count: 112)
            + [Int](repeating: 7, count: 24) + [Int](repeating: 8, count: 8))
    private static let fixedDistances = Code(fixed: [Int](repeating: 5, count: 30))

    /// Shortest length and further bits of the symbols from 257 on.
    private static let lengths: [(Int, Int)] =
        steps(from: 3, extraBits: [0, 0, 0, 0, 0, 0, 0, 0] + (1...5).flatMap { [$0, $0, $0, $0] })
        + [(258, 0)]

    /// Shortest distance and further bits of each symbol.
    private static let distances: [(Int, Int)] =
        steps(from: 1, extraBits: [0, 0, 0, 0] + (1...13).flatMap { [$0, $0] })

    private static func steps(from first: Int, extraBits: [Int]) -> [(Int, Int)] {
        var base = first
        return extraBits.map { bits in
            defer { base += 1 << bits }
            return (base, bits)
        }
    }
}
