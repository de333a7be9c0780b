import Foundation
import NIOCore

/// JSON text as the browser sent it: a slice of the message, decoded only by whoever needs it.
public struct RawJSON: Sendable, Hashable, CustomStringConvertible {
    private let buffer: ByteBuffer

    package init(_ buffer: ByteBuffer) {
        self.buffer = buffer
    }

    /// JSON text of one's own.
    public init(_ text: String) {
        buffer = ByteBuffer(string: text)
    }

    /// The length of the text in bytes.
    public var count: Int { buffer.readableBytes }

    /// The text, copied.
    public var bytes: [UInt8] { Array(buffer.readableBytesView) }

    /// The text as a string.
    public var description: String { String(buffer: buffer) }

    /// Lends the text without copying it.
    public func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        try buffer.withUnsafeReadableBytes(body)
    }

    /// Decodes the text as Foundation's `JSONDecoder` does.
    ///
    /// Half of a surrogate pair, which a string of JavaScript may hold alone and one of Swift cannot, is read as
    /// U+FFFD, as `toWellFormed` of JavaScript writes it (ECMA-262): what a page calls itself ends no call.
    /// - Throws: its `DecodingError`.
    public func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws -> Value {
        if type == String.self, let text = withBytes(PlainText.string) as? Value { return text }
        return try decodeAnything(type)
    }

    private func decodeAnything<Value: Decodable>(_ type: Value.Type) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: Data(buffer.readableBytesView))
        } catch {
            guard let wellFormed = wellFormed() else { throw error }
            return try JSONDecoder().decode(type, from: wellFormed)
        }
    }

    /// The string that this is, as `decode` gives it.
    func text() throws -> String {
        try withBytes(PlainText.string) ?? decodeAnything(String.self)
    }

    /// Whether it is a string.
    var isText: Bool { withBytes(PlainText.isString) || (try? text()) != nil }

    /// The integer that this is; nil for anything else, such as one with a plus sign, with zeros in front, or beyond `Int`.
    var integer: Int? {
        withBytes { bytes in
            let isNegative = bytes.first == UInt8(ascii: "-")
            let digits = bytes.dropFirst(isNegative ? 1 : 0)
            guard let first = digits.first, first != UInt8(ascii: "0") || bytes.count == 1 else { return nil }
            var value = 0
            for digit in digits {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
                let next = Int(digit - UInt8(ascii: "0"))
                let (tens, tooLarge) = value.multipliedReportingOverflow(by: 10)
                let (sum, isBeyond) =
                    isNegative ? tens.subtractingReportingOverflow(next) : tens.addingReportingOverflow(next)
                guard !tooLarge, !isBeyond else { return nil }
                value = sum
            }
            return value
        }
    }

    /// The value of a member of this object, still raw; nil if this is no object or has no such member. Of members
    /// with the same name it is the last one.
    public func member(_ name: String) -> RawJSON? {
        var (name, found): (String, Range<Int>?) = (name, nil)
        do {
            try name.withUTF8 { name in
                try visitMembers { key, value in
                    if key.is(UnsafeRawBufferPointer(name)) { found = value }
                }
            }
        } catch {
            return nil
        }
        return found.map(slice)
    }

    /// The name of a member, as it stands between its quotes.
    struct Key {
        fileprivate let text: UnsafeRawBufferPointer

        /// Whether it stands for this name. Compared by bytes: as strings those are equal that look alike.
        static func ~= (name: StaticString, key: Key) -> Bool {
            key.is(UnsafeRawBufferPointer(start: name.utf8Start, count: name.utf8CodeUnitCount))
        }

        fileprivate func `is`(_ name: UnsafeRawBufferPointer) -> Bool {
            guard let start = text.baseAddress, let other = name.baseAddress else {
                return text.count == name.count
            }
            if text.count == name.count { return memcmp(start, other, name.count) == 0 }
            // An escape is longer than what it stands for.
            guard text.count > name.count, memchr(start, Int32(UInt8(ascii: "\\")), text.count) != nil else {
                return false
            }
            return RawJSON.name(text).utf8.elementsEqual(name)
        }
    }

    /// Goes through the members of this object. Of members with the same name the last one counts.
    ///
    /// - Parameter visit: Is given the value's place, for `slice`.
    func visitMembers(_ visit: (_ key: Key, _ value: Range<Int>) -> Void) throws(MalformedJSON) {
        let failure = buffer.withUnsafeReadableBytes { bytes -> MalformedJSON? in
            var scanner = JSONScanner(bytes)
            do throws(MalformedJSON) {
                try scanner.visitMembers { key, value in
                    visit(Key(text: UnsafeRawBufferPointer(rebasing: bytes[key])), value)
                }
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
    }

    /// A part of the text.
    func slice(_ place: Range<Int>) -> RawJSON {
        // The place was found in these very bytes.
        RawJSON(buffer.getSlice(at: buffer.readerIndex + place.lowerBound, length: place.count)!)
    }
}
