import BrowserExecutor
import Foundation

/// Reads the members of a JSON object and refuses what it does not know, naming the path of each field.
struct ObjectReader {
    private let file: String
    private let path: String
    private let members: [String: JSONValue]

    /// Reads a file that holds one object.
    init(file: String) throws(UsageError) {
        var isFolder: ObjCBool = false
        if FileManager.default.fileExists(atPath: file, isDirectory: &isFolder), isFolder.boolValue {
            throw UsageError("\(file) is a folder; give the path of a JSON file")
        }
        guard let data = FileManager.default.contents(atPath: file) else {
            throw UsageError("\(file) cannot be read; give the path of a JSON file")
        }
        guard !data.isEmpty else { throw UsageError("\(file) is empty; a JSON object is needed") }
        let value: JSONValue
        do {
            value = try JSONValue(json: data)
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

    /// The names of its members, sorted.
    var names: [String] { members.keys.sorted() }

    func path(of key: String) -> String { path.isEmpty ? key : "\(path).\(key)" }

    /// Refuses members with other names.
    func allowOnly(_ keys: [String]) throws(UsageError) {
        for key in members.keys.sorted() where !keys.contains(key) {
            throw UsageError(
                "\(file): \(path(of: key)) is \(members[key]?.text ?? "null"), but no such field is known; "
                    + "known are \(keys.joined(separator: ", "))")
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

    /// - Parameter allowed: What a refusal says is allowed, if not the whole range.
    func integer(
        _ key: String, in range: ClosedRange<Int>, allowed: String? = nil
    ) throws(UsageError) -> Int? {
        guard let value = members[key] else { return nil }
        guard case .number(let number) = value, let integer = Int(exactly: number), range.contains(integer)
        else {
            let whole = "a whole number from \(range.lowerBound) to \(range.upperBound)"
            throw refusal(key, allowed: allowed ?? whole)
        }
        return integer
    }

    /// A number in a range.
    func number(_ key: String, in range: ClosedRange<Double>) throws(UsageError) -> Double? {
        guard let value = members[key] else { return nil }
        guard case .number(let number) = value, range.contains(number) else {
            throw refusal(key, allowed: "a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    /// A time in seconds, given in milliseconds.
    /// - Parameter isOptional: Whether 0 is allowed, for what then does not happen.
    func seconds(_ key: String, orNone isOptional: Bool = false) throws(UsageError) -> UInt64? {
        guard let value = members[key] else { return nil }
        guard case .number(let number) = value, number > 0 || isOptional && number == 0, number <= 86_400
        else {
            let allowed =
                isOptional
                ? "a number of seconds from 0 to 86400" : "a number of seconds above 0 and up to 86400"
            throw refusal(key, allowed: allowed)
        }
        return UInt64((number * 1000).rounded(.up))
    }

    func strings(_ key: String, allowed: String) throws(UsageError) -> [String]? {
        guard let value = members[key] else { return nil }
        guard case .array(let values) = value, !values.isEmpty else { throw refusal(key, allowed: allowed) }
        var strings: [String] = []
        for (index, value) in values.enumerated() {
            guard case .string(let string) = value else {
                throw UsageError(
                    "\(file): \(path(of: key))[\(index)] is \(value.text); allowed is \(allowed)")
            }
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

    /// The objects of an array.
    func objects(_ key: String, allowed: String) throws(UsageError) -> [ObjectReader]? {
        guard let value = members[key] else { return nil }
        guard case .array(let values) = value else { throw refusal(key, allowed: allowed) }
        var readers: [ObjectReader] = []
        for (index, value) in values.enumerated() {
            let path = "\(path(of: key))[\(index)]"
            guard case .object(let object) = value else {
                throw UsageError("\(file): \(path) is \(value.text); allowed is \(allowed)")
            }
            readers.append(ObjectReader(file: file, path: path, members: object))
        }
        return readers
    }

    func object(_ key: String) throws(UsageError) -> ObjectReader? {
        guard let value = members[key] else { return nil }
        guard case .object(let object) = value else { throw refusal(key, allowed: "an object") }
        return ObjectReader(file: file, path: path(of: key), members: object)
    }

    /// Refuses a text that is none of the allowed ones.
    func unknown(_ key: String, _ value: String, allowed: [String]) -> UsageError {
        UsageError(
            "\(file): \(path(of: key)) is \(JSONValue.string(value).text); "
                + "allowed are \(allowed.joined(separator: ", "))")
    }

    /// Refuses a member whose name is none of the allowed ones.
    func unknown(_ key: String, _ value: String, allowedNames: [String]) -> UsageError {
        UsageError(
            "\(file): \(path(of: key)) is \(JSONValue.string(value).text), but no such field is known; "
                + "known are \(allowedNames.joined(separator: ", "))")
    }
}
