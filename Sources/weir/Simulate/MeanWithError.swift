import Foundation

/// The mean of values with its standard error: the deviation of a sample by the root of its size.
struct MeanWithError: Equatable {
    let mean: Double
    let error: Double

    /// - Parameter values: At least two.
    init(of values: [Double]) {
        let count = Double(values.count)
        let mean = values.reduce(0, +) / count
        let squares = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        self.mean = mean
        error = (squares / (count - 1) / count).squareRoot()
    }
}
