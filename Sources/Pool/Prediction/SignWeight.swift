/// How much one sign says, as the model has learned.
public struct SignWeight: WireMessage, DefaultInitializable {
    /// What a unit of the sign adds to the logarithm of the odds of a failure, in millionths.
    public var weightMicro: UInt64
    /// Sum of the squared gradients so far, in millionths: the larger, the smaller the next step.
    public var squaresMicro: UInt64

    public init(weightMicro: UInt64 = 0, squaresMicro: UInt64 = 0) {
        self.weightMicro = weightMicro
        self.squaresMicro = squaresMicro
    }

    public init() {
        self.init(weightMicro: 0)
    }

    /// The largest weight, in millionths.
    static let most: UInt64 = 20_000_000
    /// More than this a sum of squares does not grow.
    static let mostSquares: UInt64 = 10_000_000_000_000

    /// A step down a gradient, in millionths: half of it at first, less with every one.
    mutating func descend(_ gradientMicro: Int64) {
        let magnitude = min(gradientMicro.magnitude, Self.most)
        squaresMicro = min(squaresMicro + magnitude * magnitude / 1_000_000, Self.mostSquares)
        let step = magnitude * 500_000 / (1_000_000 + FixedPoint.squareRoot(squaresMicro * 1_000_000))
        weightMicro =
            gradientMicro > 0 ? weightMicro - min(step, weightMicro) : min(weightMicro + step, Self.most)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "weight_micro", &weightMicro)
        visitor.uint(2, "squares_micro", &squaresMicro)
    }
}
