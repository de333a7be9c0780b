import Foundation

/// A JSON value with its kind kept, so that `true` is not taken for 1.
public enum JSONValue: Decodable, Sendable, Equatable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try Self.value(Bool.self, in: container) {
            self = .bool(value)
        } else if let value = try Self.value(Double.self, in: container) {
            self = .number(value)
        } else if let value = try Self.value(String.self, in: container) {
            self = .string(value)
        } else if let value = try Self.value([JSONValue].self, in: container) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// Nil when the value is of another kind; what is of this kind and malformed is an error.
    private static func value<Value: Decodable>(
        _ type: Value.Type, in container: any SingleValueDecodingContainer
    ) throws -> Value? {
        do {
            return try container.decode(type)
        } catch DecodingError.typeMismatch {
            return nil
        }
    }

    /// The value as it would be written, shortened.
    public var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value): Int64(exactly: value).map { "\($0)" } ?? "\(value)"
        case .string(let value): Self.quoted(value)
        case .array(let values):
            "[" + values.prefix(4).map(\.text).joined(separator: ", ") + (values.count > 4 ? ", …]" : "]")
        case .object: "an object"
        }
    }

    /// A text in quotes, shortened, on one line.
    private static func quoted(_ text: String) -> String {
        let shown = text.prefix(60).map {
            $0.unicodeScalars.allSatisfy { $0.value >= 0x20 } ? String($0) : " "
        }
        return "\"\(shown.joined())\(text.count > 60 ? "…" : "")\""
    }

    /// Reads a JSON text.
    public init(json: Data) throws(MalformedJSON) {
        do {
            self = try JSONDecoder().decode(JSONValue.self, from: json)
        } catch DecodingError.dataCorrupted(let context) {
            let reason = (context.underlyingError as NSError?)?.userInfo["NSDebugDescription"] as? String
            throw MalformedJSON(description: reason ?? "it ends too early, or has a number above 1.8e308")
        } catch {
            throw MalformedJSON(description: "\(error)")
        }
    }
}

/// A text that is no JSON, and why.
public struct MalformedJSON: Error, Sendable, Equatable, CustomStringConvertible {
    public let description: String
}
