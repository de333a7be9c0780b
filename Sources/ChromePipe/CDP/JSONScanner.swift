#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Text that is not the JSON that was expected at this place.
struct MalformedJSON: Error, Equatable {
    /// What was wrong.
    let reason: String
    /// Where, in bytes from the start of the text.
    let offset: Int
}

/// Finds where values begin and end in JSON text, without decoding them.
///
/// It proves structure only as far as it must in order to cut a message up: whoever needs a value decodes the
/// slice, and a malformed inside is found there. Strings are skipped with `memchr`, because results of many
/// megabytes are one string.
struct JSONScanner {
    private let bytes: UnsafeRawBufferPointer
    private(set) var offset = 0

    init(_ bytes: UnsafeRawBufferPointer) {
        self.bytes = bytes
    }

    /// Visits the members of the object that is the whole text: the key without its quotes, and the value.
    mutating func visitMembers(_ visit: (_ key: Range<Int>, _ value: Range<Int>) -> Void)
        throws(MalformedJSON)
    {
        skipSpace()
        try expect(UInt8(ascii: "{"))
        skipSpace()
        if peek() == UInt8(ascii: "}") {
            offset += 1
        } else {
            while true {
                skipSpace()
                guard peek() == UInt8(ascii: "\"") else { throw malformed("a key was expected") }
                let key = try skipString()
                skipSpace()
                try expect(UInt8(ascii: ":"))
                skipSpace()
                let value = try skipValue()
                visit(key.lowerBound + 1..<key.upperBound - 1, value)
                skipSpace()
                if peek() == UInt8(ascii: ",") {
                    offset += 1
                    continue
                }
                try expect(UInt8(ascii: "}"))
                break
            }
        }
        skipSpace()
        guard offset == bytes.count else { throw malformed("text follows the object") }
    }

    /// Skips one value and says where it was.
    private mutating func skipValue() throws(MalformedJSON) -> Range<Int> {
        let start = offset
        switch peek() {
        case UInt8(ascii: "\""):
            return try skipString()
        case UInt8(ascii: "{"), UInt8(ascii: "["):
            try skipContainer()
        default:
            while let byte = peek(), !Self.endsLiteral(byte) { offset += 1 }
            guard offset > start else { throw malformed("a value was expected") }
        }
        return start..<offset
    }

    private mutating func skipContainer() throws(MalformedJSON) {
        var depth = 0
        while let byte = peek() {
            switch byte {
            case UInt8(ascii: "\""):
                _ = try skipString()
                continue
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                depth += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                depth -= 1
            default:
                break
            }
            offset += 1
            if depth == 0 { return }
        }
        throw malformed("the text ends inside an object or array")
    }

    private mutating func skipString() throws(MalformedJSON) -> Range<Int> {
        let start = offset
        var from = start + 1
        while from < bytes.count,
            let found = memchr(bytes.baseAddress! + from, Int32(UInt8(ascii: "\"")), bytes.count - from)
        {
            let quote = UnsafeRawPointer(found) - bytes.baseAddress!
            var escapes = 0
            while bytes[quote - 1 - escapes] == UInt8(ascii: "\\") { escapes += 1 }
            if escapes.isMultiple(of: 2) {
                offset = quote + 1
                return start..<offset
            }
            from = quote + 1
        }
        throw malformed("the text ends inside a string")
    }

    private mutating func skipSpace() {
        while let byte = peek(), Self.isSpace(byte) { offset += 1 }
    }

    private mutating func expect(_ byte: UInt8) throws(MalformedJSON) {
        guard peek() == byte else { throw malformed("'\(Character(UnicodeScalar(byte)))' was expected") }
        offset += 1
    }

    private func peek() -> UInt8? {
        offset < bytes.count ? bytes[offset] : nil
    }

    private func malformed(_ reason: String) -> MalformedJSON {
        MalformedJSON(reason: reason, offset: offset)
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }

    private static func endsLiteral(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"), UInt8(ascii: ":"), UInt8(ascii: "\""):
            true
        default:
            isSpace(byte)
        }
    }
}
