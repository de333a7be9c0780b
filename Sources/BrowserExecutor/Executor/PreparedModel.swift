/// What it took to bring a model into a page.
struct PreparedModel: Sendable {
    /// In milliseconds, without `compileMs`.
    var loadMs: Double
    /// In milliseconds.
    var compileMs: Double
    /// Bytes of the model that went to the page; 0 when it was there.
    var fetchedBytes: UInt64 = 0
}
