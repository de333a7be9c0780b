import Foundation
import NIOCore

extension RawJSON {
    /// The JSON text that this JSON string holds; nil if it is no string, or has a quote or an escape in it that no
    /// string can have. Bytes that a string should have escaped are left to whoever reads the text.
    ///
    /// What a page makes of a large value with `JSON.stringify` arrives several times faster than the value itself,
    /// which the browser takes apart number by number.
    public func embedded() -> RawJSON? {
        withBytes { bytes -> RawJSON? in
            guard bytes.count >= 2, bytes.first == UInt8(ascii: "\""), bytes.last == UInt8(ascii: "\"") else {
                return nil
            }
            return Self.unescaped(UnsafeRawBufferPointer(rebasing: bytes[1..<bytes.count - 1])).map(
                RawJSON.init)
        }
    }

    /// The name that the text between the quotes of a key stands for (RFC 8259, section 8.3). One with unsound escapes
    /// stays as it is: no name is written so.
    static func name(_ key: UnsafeRawBufferPointer) -> String {
        guard let start = key.baseAddress, memchr(start, Int32(UInt8(ascii: "\\")), key.count) != nil,
            let name = unescaped(key)
        else { return String(decoding: key, as: UTF8.self) }
        return String(buffer: name)
    }

    /// What the text between two quotes stands for; nil if a quote stands in it, or what is no escape.
    private static func unescaped(_ text: UnsafeRawBufferPointer) -> ByteBuffer? {
        var buffer = ByteBufferAllocator().buffer(capacity: text.count)
        var at = 0
        while at < text.count {
            let rest = UnsafeRawBufferPointer(rebasing: text[at...])
            guard let start = rest.baseAddress else { break }
            let escape = memchr(start, Int32(UInt8(ascii: "\\")), rest.count)
            let plain = escape.map { UnsafeRawPointer($0) - start } ?? rest.count
            guard memchr(start, Int32(UInt8(ascii: "\"")), plain) == nil else { return nil }
            buffer.writeBytes(UnsafeRawBufferPointer(rebasing: rest[..<plain]))
            at += plain
            if escape == nil { break }
            guard let length = unescape(UnsafeRawBufferPointer(rebasing: text[at...]), into: &buffer) else {
                return nil
            }
            at += length
        }
        return buffer
    }

    /// The text with U+FFFD for each half of a surrogate pair that stands alone; nil if none does.
    func wellFormed() -> Data? {
        withBytes { text in
            var written = Data()
            var copied = 0
            var at = 0
            while at < text.count {
                guard text[at] == UInt8(ascii: "\\") else {
                    at += 1
                    continue
                }
                switch Self.unit(text, at: at) {
                case let high? where (0xD800..<0xDC00).contains(high):
                    if let low = Self.unit(text, at: at + 6), (0xDC00..<0xE000).contains(low) {
                        at += 12
                        continue
                    }
                case let low? where (0xDC00..<0xE000).contains(low): break
                default:
                    // Of an escape of one character that character may be a backslash.
                    at += 2
                    continue
                }
                written += text[copied..<at]
                written += Array(#"\ufffd"#.utf8)
                at += 6
                copied = at
            }
            return copied == 0 ? nil : written + text[copied...]
        }
    }

    /// Writes what an escape at the beginning of a text stands for, and gives the escape's length; nil for one that is
    /// none (RFC 8259, section 7).
    private static func unescape(_ text: UnsafeRawBufferPointer, into buffer: inout ByteBuffer) -> Int? {
        guard text.count >= 2 else { return nil }
        switch text[1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): buffer.writeInteger(text[1])
        case UInt8(ascii: "b"): buffer.writeInteger(UInt8(8))
        case UInt8(ascii: "t"): buffer.writeInteger(UInt8(9))
        case UInt8(ascii: "n"): buffer.writeInteger(UInt8(10))
        case UInt8(ascii: "f"): buffer.writeInteger(UInt8(12))
        case UInt8(ascii: "r"): buffer.writeInteger(UInt8(13))
        case UInt8(ascii: "u"): return unescapeUnit(text, into: &buffer)
        default: return nil
        }
        return 2
    }

    /// The same for `\uXXXX`, of which two make a character outside of the basic plane.
    private static func unescapeUnit(
        _ text: UnsafeRawBufferPointer, into buffer: inout ByteBuffer
    ) -> Int? {
        guard let unit = unit(text, at: 0) else { return nil }
        if let scalar = Unicode.Scalar(unit) {
            buffer.writeString(String(Character(scalar)))
            return 6
        }
        guard let low = self.unit(text, at: 6), (0xD800..<0xDC00).contains(unit),
            (0xDC00..<0xE000).contains(low),
            let scalar = Unicode.Scalar(0x10000 + (unit - 0xD800) << 10 + (low - 0xDC00))
        else { return nil }
        buffer.writeString(String(Character(scalar)))
        return 12
    }

    private static func unit(_ text: UnsafeRawBufferPointer, at start: Int) -> UInt32? {
        guard text.count >= start + 6, text[start] == UInt8(ascii: "\\"),
            text[start + 1] == UInt8(ascii: "u")
        else { return nil }
        var value: UInt32 = 0
        for byte in text[(start + 2)..<(start + 6)] {
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
            value = value << 4 | UInt32(digit)
        }
        return value
    }
}
