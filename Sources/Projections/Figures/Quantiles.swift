/// Values of which quantiles are asked: those that occur, by nearest rank.
public struct Quantiles: Equatable, Sendable {
    private var values: [UInt64] = []

    public init() {}

    public init(_ values: some Sequence<UInt64>) { self.values = Array(values) }

    /// How many values there are.
    public var count: Int { values.count }

    public mutating func add(_ value: UInt64) { values.append(value) }

    /// The least value that so many of a hundred, 1 to 100, do not exceed; nil without values.
    public func value(percent: Int) -> UInt64? {
        precondition((1...100).contains(percent), "a quantile is of 1 to 100 in a hundred")
        guard !values.isEmpty else { return nil }
        return values.sorted()[(values.count * percent + 99) / 100 - 1]
    }
}
