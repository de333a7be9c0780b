/// The simulator's only source of chance: SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014).
///
/// Everything drawn is integer arithmetic written here, so a seed gives the same simulation with every version of the
/// standard library and on every machine.
public struct SplitMix64: Equatable, Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    /// The next 64 bits.
    public mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }

    /// A generator of its own, so that more draws here change nothing there.
    public mutating func fork() -> SplitMix64 { SplitMix64(seed: next()) }

    /// A number from 0 up to but not including `bound`, which must not be 0.
    ///
    /// The high half of a product: its bias, at most `bound` in 2^64, is nothing that a simulation could show.
    public mutating func below(_ bound: UInt64) -> UInt64 {
        precondition(bound > 0, "there is no number below 0")
        return next().multipliedFullWidth(by: bound).high
    }

    /// A number of a closed range.
    public mutating func within(_ range: ClosedRange<UInt64>) -> UInt64 {
        let span = range.upperBound - range.lowerBound
        return span == .max ? next() : range.lowerBound + below(span + 1)
    }

    /// True this many times in a thousand.
    public mutating func chance(perMille: UInt32) -> Bool { below(1000) < UInt64(perMille) }

    /// One of several, which must not be none.
    public mutating func pick<Choices: RandomAccessCollection>(_ choices: Choices) -> Choices.Element {
        let offset = Int(below(UInt64(choices.count)))
        return choices[choices.index(choices.startIndex, offsetBy: offset)]
    }
}
