import Foundation
import NIOCore

/// A typed method of the Chrome DevTools Protocol: the value is its parameters.
public protocol CDPMethod: Encodable, Sendable {
    /// What the browser answers.
    associatedtype Response: Sendable

    /// The method's name on the wire, such as `Page.navigate`.
    static var name: String { get }

    /// Whether the renderer process answers: such a call to a crashed page would never end, so it is refused.
    static var needsRenderer: Bool { get }

    /// Writes the parameters as one JSON object.
    func encodeParameters(into buffer: inout ByteBuffer) throws

    /// Reads the answer.
    static func decodeResponse(_ result: RawJSON) throws -> Response
}

extension CDPMethod {
    public static var needsRenderer: Bool { false }

    public func encodeParameters(into buffer: inout ByteBuffer) throws {
        // A method without parameters has nothing to encode.
        if MemoryLayout<Self>.size == 0 {
            buffer.writeStaticString("{}")
        } else {
            buffer.writeBytes(try Self.encodeJSON(self))
        }
    }

    /// The JSON text of a value, as every method writes its parameters.
    public static func encodeJSON(_ value: some Encodable) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return try encoder.encode(value)
    }

    /// Writes a text as `encodeJSON` does.
    static func encodeJSON(_ text: String, into buffer: inout ByteBuffer) throws {
        if !PlainText.write(text, into: &buffer) { buffer.writeBytes(try encodeJSON(text)) }
    }

    /// Few messages have more.
    private static var usualBytes: Int { 256 }

    /// The whole message with its NUL.
    func encodeMessage(id: Int, session: SessionID?) throws -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: Self.usualBytes)
        buffer.writeStaticString("{\"id\":")
        buffer.writeString(String(id))
        buffer.writeStaticString(",\"method\":\"")
        buffer.writeString(Self.name)
        if let session {
            buffer.writeStaticString("\",\"sessionId\":")
            try Self.encodeJSON(session.rawValue, into: &buffer)
            buffer.writeStaticString(",\"params\":")
        } else {
            buffer.writeStaticString("\",\"params\":")
        }
        try encodeParameters(into: &buffer)
        buffer.writeStaticString("}\0")
        return buffer
    }
}

extension CDPMethod where Response: Decodable {
    public static func decodeResponse(_ result: RawJSON) throws -> Response {
        try result.decode(Response.self)
    }
}

/// The answer of a method that answers nothing.
public struct NoResponse: Decodable, Sendable, Hashable {
    public init() {}
}

/// The typed methods, by domain. Names and parameters are those of the protocol's own pages (tip-of-tree).
public enum CDP {}
