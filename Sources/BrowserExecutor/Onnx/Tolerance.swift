import Foundation

/// How far an output may be from the expected one: `|output − expected| ≤ absolute + relative · |expected|`, the rule of
/// NumPy's `assert_allclose`, by which ONNX's own backend tests compare.
public struct Tolerance: Sendable, Equatable, Codable {
    public var relative: Double
    public var absolute: Double

    /// The defaults are those of ONNX's backend tests (onnx/backend/test/loader/__init__.py: rtol 1e-3, atol 1e-7).
    public init(relative: Double = 1e-3, absolute: Double = 1e-7) {
        self.relative = relative
        self.absolute = absolute
    }

    /// The largest difference between outputs and the expected ones.
    ///
    /// - Throws: `OutputMismatch` when their number, a type, a shape or an element differs by more than is tolerated.
    public func check(_ outputs: [Tensor], against expected: [Tensor]) throws(OutputMismatch) -> Double {
        guard outputs.count == expected.count else {
            throw OutputMismatch("\(outputs.count) outputs, \(expected.count) are expected")
        }
        var largest = 0.0
        for (output, expected) in zip(outputs, expected) {
            largest = max(largest, try check(output, against: expected))
        }
        return largest
    }

    private func check(_ output: Tensor, against expected: Tensor) throws(OutputMismatch) -> Double {
        guard output.type == expected.type, output.dims == expected.dims else {
            throw OutputMismatch(
                "output \"\(output.name)\" is \(output.type.rawValue) \(output.dims), expected is "
                    + "\(expected.type.rawValue) \(expected.dims)")
        }
        if output.bytes == expected.bytes { return 0 }
        if let strings = output.strings, let wanted = expected.strings {
            try Self.check(strings, against: wanted, in: output)
        }
        var largest = 0.0
        var worst: (element: Int, output: Double, expected: Double, difference: Double)?
        var count = 0
        let (values, wanted) = (output.values, expected.values)
        for (element, (value, wanted)) in zip(values, wanted).enumerated() {
            if value == wanted || value.isNaN && wanted.isNaN { continue }
            // A number where there should be none, or the other way round, is as far off as can be.
            let gap = abs(value - wanted)
            let difference = gap.isNaN ? .infinity : gap
            // Truth values are not near each other.
            let allowed = output.type == .bool ? 0 : absolute + relative * abs(wanted)
            if difference > allowed || difference == .infinity {
                count += 1
                if difference > worst?.difference ?? -1 { worst = (element, value, wanted, difference) }
            }
            largest = max(largest, difference)
        }
        guard let worst else { return largest }
        throw OutputMismatch(
            "output \"\(output.name)\" \(output.index(ofElement: worst.element)) is \(worst.output), expected is "
                + "\(worst.expected): the largest difference, \(worst.difference), of \(count) beyond the tolerance "
                + "(rtol \(relative), atol \(absolute)) among \(values.count) elements",
            largestDifference: worst.difference)
    }

    /// Strings are equal or they are not.
    private static func check(
        _ strings: [String], against wanted: [String], in output: Tensor
    ) throws(OutputMismatch) {
        for (element, (string, wanted)) in zip(strings, wanted).enumerated()
        where !string.unicodeScalars.elementsEqual(wanted.unicodeScalars) {
            throw OutputMismatch(
                "output \"\(output.name)\" \(output.index(ofElement: element)) is \"\(string.prefix(60))\", "
                    + "expected is \"\(wanted.prefix(60))\"")
        }
    }
}

/// An output that is not the expected one.
public struct OutputMismatch: Error, Sendable, Equatable, CustomStringConvertible {
    /// Which tensor, where, and by how much.
    public let description: String
    /// The largest difference; nil when numbers could not be compared, infinite where only one of two is a number.
    public let largestDifference: Double?

    init(_ description: String, largestDifference: Double? = nil) {
        self.description = description
        self.largestDifference = largestDifference
    }
}
