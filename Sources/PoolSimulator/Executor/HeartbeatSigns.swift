/// What a browser's sign of life says.
struct HeartbeatSigns: Equatable, Sendable {
    /// Time that its process took to answer, in milliseconds.
    var answerMs: Double
    /// Time that its canary took, in milliseconds; 0 when there was none.
    var canaryMs: Double
    /// Memory that it uses, in bytes; 0 when that was not measured.
    var memoryBytes: UInt64
}
