/// A field that has another value than before.
public struct FieldDifference: Equatable, Sendable {
    public let path: String
    public let old: FieldValue
    public let new: FieldValue

    public init(path: String, old: FieldValue, new: FieldValue) {
        self.path = path
        self.old = old
        self.new = new
    }

    /// What differs between two lists of fields, in the order of the old one, then of the new one. A field that one of
    /// them lacks has no value there.
    public static func between(_ old: [Field], _ new: [Field]) -> [FieldDifference] {
        let olds = values(of: old)
        let news = values(of: new)
        let paths = old.map(\.path) + new.map(\.path).filter { olds[$0] == nil }
        return paths.compactMap { path in
            let difference = FieldDifference(
                path: path, old: olds[path] ?? .none, new: news[path] ?? .none)
            return difference.old == difference.new ? nil : difference
        }
    }

    private static func values(of fields: [Field]) -> [String: FieldValue] {
        Dictionary(fields.map { ($0.path, $0.value) }) { $1 }
    }
}
