/// A grey image, pixels row by row from 0 (black) to 1 (white).
struct GreyImage: Equatable {
    var width: Int
    var height: Int
    var pixels: [Float]

    struct Malformed: Error, CustomStringConvertible {
        let description: String
    }

    /// Largest width and height that are read.
    static let sideLimit = 4096

    init(width: Int, height: Int, pixels: [Float]) {
        self.width = width
        self.height = height
        self.pixels = pixels
    }

    /// Reads a portable graymap, plain or raw (Netpbm, "PGM Format Specification").
    init(pgm bytes: [UInt8]) throws(Malformed) {
        var scanner = PGMScanner(bytes: bytes)
        let magic = scanner.word()
        guard magic == "P2" || magic == "P5" else {
            throw Malformed(description: "it is not a P2 or P5 graymap")
        }
        guard let width = scanner.number(), let height = scanner.number(), let maximum = scanner.number(),
            (1...Self.sideLimit).contains(width), (1...Self.sideLimit).contains(height),
            (1...65535).contains(maximum)
        else {
            throw Malformed(description: "its header does not give a width, a height and a largest value")
        }
        var values: [Int] = []
        if magic == "P2" {
            while values.count < width * height, let value = scanner.number() { values.append(value) }
        } else {
            values = scanner.samples(count: width * height, bytesEach: maximum > 255 ? 2 : 1)
        }
        guard values.count == width * height, values.allSatisfy({ (0...maximum).contains($0) }) else {
            throw Malformed(description: "it does not hold \(width * height) pixels from 0 to \(maximum)")
        }
        self.width = width
        self.height = height
        pixels = values.map { Float($0) / Float(maximum) }
    }
}

private struct PGMScanner {
    let bytes: [UInt8]
    var cursor = 0

    init(bytes: [UInt8]) { self.bytes = bytes }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 32 || (9...13).contains(byte) }

    mutating func word() -> String {
        while cursor < bytes.count {
            if bytes[cursor] == UInt8(ascii: "#") {
                while cursor < bytes.count, bytes[cursor] != UInt8(ascii: "\n") { cursor += 1 }
            } else if Self.isSpace(bytes[cursor]) {
                cursor += 1
            } else {
                break
            }
        }
        let start = cursor
        while cursor < bytes.count, !Self.isSpace(bytes[cursor]) { cursor += 1 }
        return String(decoding: bytes[start..<cursor], as: UTF8.self)
    }

    mutating func number() -> Int? { Int(word()) }

    /// Samples after the single white space that ends the header.
    mutating func samples(count: Int, bytesEach: Int) -> [Int] {
        cursor += 1
        guard bytes.count - cursor >= count * bytesEach else { return [] }
        return (0..<count).map { index in
            let at = cursor + index * bytesEach
            return bytesEach == 1 ? Int(bytes[at]) : Int(bytes[at]) << 8 | Int(bytes[at + 1])
        }
    }
}
