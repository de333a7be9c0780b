import Testing

@testable import weir

@Suite("A mean with its standard error")
struct MeanWithErrorTests {
    @Test("is that of a sample")
    func sample() {
        // 2, 4, 4, 6: the mean is 4, the variance of the sample 8 / 3.
        let value = MeanWithError(of: [2, 4, 4, 6])
        #expect(value.mean == 4)
        #expect(abs(value.error - (8.0 / 3 / 4).squareRoot()) < 1e-12)
        #expect(MeanWithError(of: [5, 5]).error == 0)
    }
}
