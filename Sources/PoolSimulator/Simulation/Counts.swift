/// How often each of several named things happened.
public struct Counts: Equatable, Sendable, CustomStringConvertible {
    private var counts: [String: Int] = [:]

    public init() {}

    /// 0 for what never happened.
    public subscript(name: String) -> Int { counts[name] ?? 0 }

    /// Everything that happened, in the order of the names.
    public var sorted: [(name: String, count: Int)] {
        counts.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    public mutating func add(_ name: String, _ count: Int = 1) { counts[name, default: 0] += count }

    public mutating func add(_ name: StaticString) { add(name.description) }

    public mutating func add(_ other: Counts) { counts.merge(other.counts, uniquingKeysWith: +) }

    public var description: String { sorted.map { "\($0.name) \($0.count)" }.joined(separator: ", ") }
}
