import NIOCore

/// Text that stands in JSON as it is: printable ASCII without quotes and backslashes. Ids, types and most names are such;
/// it is written and read here, since Foundation's coders take longer over it than the pipe does.
enum PlainText {
    private static func isPlain(_ byte: UInt8) -> Bool {
        (0x20..<0x7F).contains(byte) && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
    }

    /// Whether it is a JSON string with nothing but plain text in it.
    static func isString(_ json: UnsafeRawBufferPointer) -> Bool {
        json.count >= 2 && json.first == UInt8(ascii: "\"") && json.last == UInt8(ascii: "\"")
            && json[1..<json.count - 1].allSatisfy(isPlain)
    }

    /// The text of a JSON string with nothing but plain text in it; nil for any other JSON.
    static func string(_ json: UnsafeRawBufferPointer) -> String? {
        guard isString(json) else { return nil }
        return String(decoding: UnsafeRawBufferPointer(rebasing: json[1..<json.count - 1]), as: UTF8.self)
    }

    /// Writes a text as a JSON string; false, with nothing written, if it is not plain.
    static func write(_ text: String, into buffer: inout ByteBuffer) -> Bool {
        guard text.utf8.allSatisfy(isPlain) else { return false }
        buffer.writeStaticString("\"")
        buffer.writeString(text)
        buffer.writeStaticString("\"")
        return true
    }
}
