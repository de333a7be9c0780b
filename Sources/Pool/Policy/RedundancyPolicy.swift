/// How copies of a task are compared, and when their result counts. By default two numbers agree that differ by no more than
/// 1e-7 and a thousandth of the larger one: the tolerances of ONNX's own backend tests.
public struct RedundancyPolicy: WireMessage, DefaultInitializable {
    /// When the owner gets the result.
    public var serve: RedundancyServe
    /// How far two numbers may be apart whatever their size, in thousand-millionths.
    public var absoluteNano: UInt64
    /// How far they may be apart besides, in thousand-millionths of the larger one.
    public var relativeNano: UInt64

    public init(
        serve: RedundancyServe = .agreed,
        absoluteNano: UInt64 = 100,
        relativeNano: UInt64 = 1_000_000
    ) {
        self.serve = serve
        self.absoluteNano = absoluteNano
        self.relativeNano = relativeNano
    }

    public init() {
        self.init(serve: .agreed)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.choice(1, "serve", &serve)
        visitor.uint(2, "absolute_nano", &absoluteNano)
        visitor.uint(3, "relative_nano", &relativeNano)
    }
}
