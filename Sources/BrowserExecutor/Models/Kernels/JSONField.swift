/// A place in a JSON file, which may be empty. What is read of it is checked, and a refusal names the place, what is
/// there, and what is allowed.
struct JSONField {
    let file: String
    let path: String
    private let value: JSONValue?

    init(_ value: JSONValue?, file: String, path: String = "") {
        self.file = file
        self.path = path
        self.value = value
    }

    var isPresent: Bool { value != nil }
    var isObject: Bool { if case .object = value { true } else { false } }

    func refusal(_ allowed: String) -> KernelError {
        .field(file: file, path: path.isEmpty ? "the file" : path, value: value?.text, allowed: allowed)
    }

    /// A member of an object whose members have been checked.
    subscript(key: String) -> JSONField {
        var member: JSONValue?
        if case .object(let members) = value { member = members[key] }
        return JSONField(member, file: file, path: path.isEmpty ? key : "\(path).\(key)")
    }

    /// Refuses what is no object, and members with other names.
    func allowOnly(_ known: [String]) throws(KernelError) {
        guard case .object(let members) = value else {
            throw refusal("an object with \(known.joined(separator: ", "))")
        }
        if let unknown = members.keys.sorted().first(where: { !known.contains($0) }) {
            throw self[unknown].refusal("none of that name; known are \(known.joined(separator: ", "))")
        }
    }

    /// The members of an object by name; none when it is missing.
    func members(_ allowed: String) throws(KernelError) -> [(name: String, field: JSONField)] {
        guard let value else { return [] }
        guard case .object(let members) = value else { throw refusal(allowed) }
        return members.keys.sorted().map { ($0, self[$0]) }
    }

    /// The elements of a list; none when it is missing.
    func elements(_ allowed: String) throws(KernelError) -> [JSONField] {
        guard let value else { return [] }
        guard case .array(let elements) = value else { throw refusal(allowed) }
        return elements.enumerated().map { JSONField($1, file: file, path: "\(path)[\($0)]") }
    }

    /// Nil when it is missing.
    func string(_ allowed: String) throws(KernelError) -> String? {
        guard let value else { return nil }
        guard case .string(let string) = value, !string.isEmpty else { throw refusal(allowed) }
        return string
    }

    /// Nil when it is missing.
    func integer(in range: ClosedRange<Int>) throws(KernelError) -> Int? {
        guard let value else { return nil }
        guard case .number(let number) = value, let integer = Int(exactly: number), range.contains(integer)
        else { throw refusal("a whole number from \(range.lowerBound) to \(range.upperBound)") }
        return integer
    }

    /// Nil when it is missing.
    func number(from least: Double = -.greatestFiniteMagnitude, _ allowed: String) throws(KernelError)
        -> Double?
    {
        guard let value else { return nil }
        guard case .number(let number) = value, number.isFinite, number >= least else {
            throw refusal(allowed)
        }
        return number
    }

    /// The numbers of lists within lists, in order, as a tensor's elements are written.
    func numbers(_ allowed: String) throws(KernelError) -> [Double] {
        var numbers: [Double] = []
        func gather(_ value: JSONValue?) -> Bool {
            switch value {
            case .number(let number): numbers.append(number)
            case .bool(let bool): numbers.append(bool ? 1 : 0)
            case .array(let values): return values.allSatisfy(gather)
            default: return false
            }
            return true
        }
        guard gather(value) else { throw refusal(allowed) }
        return numbers
    }
}
