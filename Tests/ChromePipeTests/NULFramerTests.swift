import NIOCore
import Testing

@testable import ChromePipe

@Suite struct NULFramerTests {
    private func append(_ bytes: [UInt8], to framer: inout NULFramer) {
        bytes.withUnsafeBytes { framer.append($0) }
    }

    /// The messages that come out when the bytes come in pieces that end at these places.
    private func messages(_ bytes: [UInt8], cuts: [Int], limit: Int = 1 << 20) throws -> [[UInt8]] {
        var framer = NULFramer(limit: limit)
        var found: [[UInt8]] = []
        var start = 0
        for cut in cuts + [bytes.count] {
            append(Array(bytes[start..<cut]), to: &framer)
            start = cut
            while let message = try framer.next() { found.append(Array(message.readableBytesView)) }
        }
        return found
    }

    @Test("one piece with several messages gives them all, in order, empty ones too")
    func wholePiece() throws {
        let found = try messages(Array("ab\0\0c\0de".utf8), cuts: [])
        #expect(found == [Array("ab".utf8), [], Array("c".utf8)])
    }

    @Test("a message cut at every byte is put together again")
    func everyByte() throws {
        let bytes = Array("first\0second\0".utf8)
        let found = try messages(bytes, cuts: Array(1..<bytes.count))
        #expect(found == [Array("first".utf8), Array("second".utf8)])
    }

    @Test("any cut of any stream gives the same messages", arguments: UInt64(1)...40)
    func randomCuts(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let sent: [[UInt8]] = (0..<Int.random(in: 1...30, using: &random)).map { _ in
            (0..<Int.random(in: 0...3000, using: &random)).map { _ in
                UInt8.random(in: 1...255, using: &random)
            }
        }
        let bytes = Array(sent.map { $0 + [0] }.joined())
        let cuts = (0..<Int.random(in: 0...60, using: &random))
            .map { _ in Int.random(in: 0...bytes.count, using: &random) }.sorted()
        #expect(try messages(bytes, cuts: cuts) == sent)
    }

    @Test("a message of exactly the limit passes and one byte more is refused, ended or not")
    func limit() throws {
        let fits = [UInt8](repeating: 7, count: 100)
        #expect(try messages(fits + [0], cuts: [50], limit: 100) == [fits])
        #expect(throws: NULFramer.Overflow(bytes: 101, limit: 100)) {
            try messages(fits + [7, 0], cuts: [50], limit: 100)
        }
        #expect(throws: NULFramer.Overflow(bytes: 101, limit: 100)) {
            try messages(fits + [7], cuts: [100], limit: 100)
        }
    }

    @Test("messages that were cut off are not kept, though every piece ends within the next one")
    func forgets() throws {
        var framer = NULFramer(limit: 1 << 20)
        append(Array("start".utf8), to: &framer)
        for _ in 0..<10_000 {
            append([UInt8](repeating: 1, count: 500) + [0] + [UInt8](repeating: 1, count: 500), to: &framer)
            #expect(try framer.next() != nil)
            #expect(try framer.next() == nil)
        }
        #expect(framer.capacity <= 16 << 10)
    }

    @Test("a message in many pieces is searched from where the last search stopped")
    func remembers() throws {
        var framer = NULFramer(limit: 1 << 20)
        for piece in 1...50 {
            append([UInt8](repeating: 1, count: 1000), to: &framer)
            #expect(framer.searched == (piece - 1) * 1000)
            #expect(try framer.next() == nil)
            #expect(framer.searched == piece * 1000)
        }
        append([0, 1, 1], to: &framer)
        #expect(try framer.next()?.readableBytes == 50_000)
        #expect(framer.searched == 0)
        #expect(try framer.next() == nil)
        #expect(framer.searched == 2)
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014): the same numbers for the same seed everywhere.
struct SeededRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
