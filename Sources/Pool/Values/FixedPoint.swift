/// Functions of whole numbers and thousandths, which give the same on every machine (CORE-1).
enum FixedPoint {
    /// The decimal logarithm of a whole number above 0, in thousandths, rounded down: bit by bit, by squaring.
    static func log10Milli(_ value: UInt64) -> UInt64 {
        let whole = UInt64(63 - value.leadingZeroBitCount)
        // The value as 1.31 fixed point, in [1, 2).
        var mantissa = whole >= 31 ? value >> (whole - 31) : value << (31 - whole)
        var logarithm = whole
        for _ in 0..<24 {
            mantissa = (mantissa * mantissa) >> 31
            // Without a branch, which could not be foreseen.
            let bit = mantissa >> 32
            mantissa >>= bit
            logarithm = logarithm << 1 | bit
        }
        // log₁₀ 2 = 0.301029996.
        return ((logarithm * 301_029_996) >> 24) / 1_000_000
    }

    /// The natural logarithm of a whole number above 0, in thousandths.
    static func lnMilli(_ value: UInt64) -> UInt64 {
        // ln 10 = 2.302585.
        log10Milli(value) * 2_302_585 / 1_000_000
    }

    /// The whole part of a square root: by Newton's method from above, which falls until it is there.
    static func squareRoot(_ square: UInt64) -> UInt64 {
        guard square > 0 else { return 0 }
        var root = UInt64(1) << ((65 - square.leadingZeroBitCount) / 2)
        while true {
            let next = (root + square / root) / 2
            if next >= root { return root }
            root = next
        }
    }

    /// 1 / (1 + e^(−x)) in millionths, of x in millionths; within two of them.
    static func logisticMicro(_ x: Int64) -> UInt64 {
        let power = expMicro(ofMinus: x.magnitude)
        let upper = 1_000_000_000_000 / (1_000_000 + power)
        return x >= 0 ? upper : 1_000_000 - upper
    }

    /// e^(−x) in millionths, of x in millionths: 2^(−n) e^(−r) with r below ln 2, and its series up to the eighth power.
    static func expMicro(ofMinus x: UInt64) -> UInt64 {
        let ln2 = UInt64(693_147_181)
        guard x < 40_000_000 else { return 0 }
        let (halvings, rest) = (x * 1_000).quotientAndRemainder(dividingBy: ln2)
        var sum = UInt64(1_000_000_000)
        for term in stride(from: UInt64(8), through: 1, by: -1) {
            sum = 1_000_000_000 - rest * sum / (term * 1_000_000_000)
        }
        return ((sum + 500) / 1_000) >> halvings
    }

    /// A mean after one more value that counts one part in so many.
    static func moving(_ mean: UInt64, towards value: UInt64, by parts: UInt32) -> UInt64 {
        let parts = UInt64(parts)
        return value >= mean ? mean + (value - mean) / parts : mean - (mean - value) / parts
    }

    /// A quotient in thousandths, at most 4,294,967,295; of what is divided by nothing the most.
    static func ratioMilli(_ value: UInt64, to divisor: UInt64) -> UInt64 {
        let most = UInt64(UInt32.max)
        guard divisor > 0 else { return most }
        let (product, overflow) = value.multipliedReportingOverflow(by: 1_000)
        return min(overflow ? value / divisor * 1_000 : product / divisor, most)
    }
}
