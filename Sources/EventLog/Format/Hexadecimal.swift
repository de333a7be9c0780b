/// Lower-case hexadecimal text for fixed-size identifiers.
enum Hexadecimal {
    static func text(of bytes: [UInt8]) -> String {
        var characters: [UInt8] = []
        characters.reserveCapacity(bytes.count * 2)
        for byte in bytes {
            characters.append(digit(byte >> 4))
            characters.append(digit(byte & 0x0f))
        }
        return String(decoding: characters, as: UTF8.self)
    }

    /// The bytes that `text` spells, or nil unless it is exactly `count` bytes in lower-case hexadecimal.
    static func bytes(of text: String, count: Int) -> [UInt8]? {
        let characters = Array(text.utf8)
        guard characters.count == count * 2 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        for index in 0..<count {
            guard let high = value(characters[2 * index]), let low = value(characters[2 * index + 1]) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func digit(_ value: UInt8) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") + value - 10
    }

    private static func value(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
