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
        do {
            return try JSONDecoder().decode(type, from: Data(buffer.readableBytesView))
        } catch {
            guard let wellFormed = wellFormed() else { throw error }
            return try JSONDecoder().decode(type, from: wellFormed)
        }
    }

    /// The value of a member of this object, still raw; nil if this is no object or has no such member. Of members
    /// with the same name it is the last one.
    public func member(_ name: String) -> RawJSON? {
        var found: RawJSON?
        try? visitMembers { key, value in
            // Not as strings, of which those are equal that look alike.
            if key.utf8.elementsEqual(name.utf8) { found = value }
        }
        return found
    }

    func visitMembers(_ visit: (_ key: String, _ value: RawJSON) -> Void) throws(MalformedJSON) {
        var members: [(key: String, value: Range<Int>)] = []
        let failure = buffer.withUnsafeReadableBytes { bytes -> MalformedJSON? in
            var scanner = JSONScanner(bytes)
            do throws(MalformedJSON) {
                try scanner.visitMembers { key, value in
                    members.append((Self.name(UnsafeRawBufferPointer(rebasing: bytes[key])), value))
                }
                return nil
            } catch {
                return error
            }
        }
        if let failure { throw failure }
        for (key, value) in members {
            let start = buffer.readerIndex + value.lowerBound
            // The range was found in these very bytes.
            visit(key, RawJSON(buffer.getSlice(at: start, length: value.count)!))
        }
    }
}
