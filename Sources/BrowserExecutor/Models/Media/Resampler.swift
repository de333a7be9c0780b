import Foundation

/// Brings sound from one rate to another by interpolation with a windowed sinc.
///
/// A sample of the result at the moment t is the sum over the samples x(n) of x(n) h(t·r − n), r being the rate of the
/// source, with h(u) = c sinc(c u) w(u), a low-pass whose cut-off c·r/2 is 0.94 of the lower rate's half, under a Kaiser
/// window w of β = 9 that ends after 32 zeros of h: what lies above the lower rate's half is damped by some 80 dB (J. F.
/// Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", 1974). Beyond the ends there is
/// silence. The weights of a moment are scaled to the sum of 1, so that what is constant stays so.
struct Resampler {
    let source: Int
    let target: Int

    private static let passband = 0.94
    private static let zeros = 32.0
    private static let beta = 9.0

    /// - Parameters:
    ///   - source: rate of what is given, in samples per second.
    ///   - target: rate of what is wanted.
    init(from source: Int, to target: Int) {
        self.source = source
        self.target = target
    }

    /// As long as the source, rounded up to whole samples.
    func resampled(_ samples: [Float]) -> [Float] {
        guard source != target else { return samples }
        let divisor = Self.greatestCommonDivisor(source, target)
        // The moment of sample i of the result is i · down / up samples of the source: there are `up` phases.
        let (up, down) = (target / divisor, source / divisor)
        let phases = (0..<up).map { weights(phase: Double($0 * down % up) / Double(up)) }
        let reach = reach
        let count = (samples.count * up + down - 1) / down
        return samples.withUnsafeBufferPointer { samples in
            [Float](unsafeUninitializedCapacity: count) { result, initialized in
                for index in 0..<count {
                    let first = index * down / up - reach + 1
                    phases[index % up].withUnsafeBufferPointer { weights in
                        var sum = 0.0
                        let end = min(weights.count, samples.count - first)
                        var tap = max(0, -first)
                        while tap < end {
                            sum += weights[tap] * Double(samples[first + tap])
                            tap += 1
                        }
                        result[index] = Float(sum)
                    }
                }
                initialized = count
            }
        }
    }

    /// The cut-off as a part of the source's rate: c.
    private var cutoff: Double { Self.passband * min(1, Double(target) / Double(source)) }

    /// Samples of the source on each side of a moment.
    private var reach: Int { Int((Self.zeros / cutoff).rounded(.up)) }

    /// The weights of the samples around a moment that lies a part of a sample after one of them.
    private func weights(phase: Double) -> [Double] {
        let width = Self.zeros / cutoff
        let weights = (0..<2 * reach).map { tap -> Double in
            let distance = Double(tap - reach + 1) - phase
            guard abs(distance) < width else { return 0 }
            let angle = .pi * cutoff * distance
            let sinc = angle == 0 ? 1 : sin(angle) / angle
            let place = distance / width
            return sinc * Self.bessel(Self.beta * (1 - place * place).squareRoot())
        }
        let sum = weights.reduce(0, +)
        return weights.map { $0 / sum }
    }

    /// The modified Bessel function of order 0, by its series (M. Abramowitz and I. Stegun, 9.6.12).
    private static func bessel(_ x: Double) -> Double {
        var term = 1.0
        var sum = 1.0
        for k in 1...40 {
            term *= (x / 2 / Double(k)) * (x / 2 / Double(k))
            sum += term
        }
        return sum
    }

    private static func greatestCommonDivisor(_ a: Int, _ b: Int) -> Int {
        b == 0 ? a : greatestCommonDivisor(b, a % b)
    }
}
