import Foundation

/// A JSON value with its kind kept, so that `true` is not taken for 1.
enum JSONValue: Decodable {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .array(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    /// The value as it would be written, shortened.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value): Int64(exactly: value).map { "\($0)" } ?? "\(value)"
        case .string(let value): "\"\(value.prefix(60))\""
        case .array(let values): "[" + values.prefix(4).map(\.text).joined(separator: ", ") + "]"
        case .object: "an object"
        }
    }
}

/// Reads the members of a JSON object and refuses what it does not know, naming the path of each field.
struct ObjectReader {
    private let file: String
    private let path: String
    private let members: [String: JSONValue]

    /// Reads a file that holds one object.
    init(file: String) throws(UsageError) {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw UsageError("\(file) cannot be read; give the path of a JSON file")
        }
        let value: JSONValue
        do {
            value = try JSONDecoder().decode(JSONValue.self, from: data)
        } catch DecodingError.dataCorrupted(let context) {
            let reason = (context.underlyingError as NSError?)?.userInfo["NSDebugDescription"] as? String
            throw UsageError("\(file) is not valid JSON: \(reason ?? context.debugDescription)")
        } catch {
            throw UsageError("\(file) is not valid JSON: \(error)")
        }
        guard case .object(let members) = value else {
            throw UsageError("\(file) holds \(value.text); a JSON object is needed")
        }
        self.init(file: file, path: "", members: members)
    }

    private init(file: String, path: String, members: [String: JSONValue]) {
        self.file = file
        self.path = path
        self.members = members
    }

    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// Refuses members with other names.
    func allowOnly(_ keys: [String]) throws(UsageError) {
        for key in members.keys.sorted() where !keys.contains(key) {
            throw UsageError(
                "\(file): \(path(of: key)) is not known; known are \(keys.joined(separator: ", "))")
        }
    }

    func refusal(_ key: String, allowed: String) -> UsageError {
        guard let value = members[key] else {
            return UsageError("\(file): \(path(of: key)) is missing; give \(allowed)")
        }
        return UsageError("\(file): \(path(of: key)) is \(value.text); allowed is \(allowed)")
    }

    func bool(_ key: String) throws(UsageError) -> Bool? {
        guard let value = members[key] else { return nil }
        guard case .bool(let bool) = value else { throw refusal(key, allowed: "true or false") }
        return bool
    }

    func string(_ key: String, allowed: String) throws(UsageError) -> String? {
        guard let value = members[key] else { return nil }
        guard case .string(let string) = value, !string.isEmpty else { throw refusal(key, allowed: allowed) }
        return string
    }

    func integer(_ key: String, in range: ClosedRange<Int>) throws(UsageError) -> Int? {
        guard let value = members[key] else { return nil }
        guard case .number(let number) = value, let integer = Int(exactly: number), range.contains(integer)
        else {
            throw refusal(key, allowed: "a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return integer
    }

    /// A time in seconds, given in milliseconds.
    func seconds(_ key: String) throws(UsageError) -> UInt64? {
        guard let value = members[key] else { return nil }
        guard case .number(let number) = value, number > 0, number <= 86_400 else {
            throw refusal(key, allowed: "a number of seconds above 0 and up to 86400")
        }
        return UInt64((number * 1000).rounded(.up))
    }

    func strings(_ key: String, allowed: String) throws(UsageError) -> [String]? {
        guard let value = members[key] else { return nil }
        guard case .array(let values) = value, !values.isEmpty else { throw refusal(key, allowed: allowed) }
        var strings: [String] = []
        for value in values {
            guard case .string(let string) = value else { throw refusal(key, allowed: allowed) }
            strings.append(string)
        }
        return strings
    }

    /// The members of a nested object as strings, by key.
    func dictionary(_ key: String, allowed: String) throws(UsageError) -> [(key: String, value: String)]? {
        guard let value = members[key] else { return nil }
        guard case .object(let object) = value else { throw refusal(key, allowed: allowed) }
        var pairs: [(String, String)] = []
        for (name, member) in object.sorted(by: { $0.key < $1.key }) {
            guard case .string(let string) = member else {
                throw UsageError("\(file): \(path(of: key)).\(name) is \(member.text); allowed is \(allowed)")
            }
            pairs.append((name, string))
        }
        return pairs
    }

    func object(_ key: String) throws(UsageError) -> ObjectReader? {
        guard let value = members[key] else { return nil }
        guard case .object(let object) = value else { throw refusal(key, allowed: "an object") }
        return ObjectReader(file: file, path: path(of: key), members: object)
    }

    func unknown(_ key: String, _ value: String, allowed: [String]) -> UsageError {
        UsageError(
            "\(file): \(path(of: key)) is \"\(value)\"; allowed are \(allowed.joined(separator: ", "))")
    }
}
