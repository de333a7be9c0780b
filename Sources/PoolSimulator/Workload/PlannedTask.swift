import Pool

/// A task that an owner will submit.
public struct PlannedTask: Equatable, Sendable {
    /// Virtual time of its submission since the simulation's beginning, in milliseconds.
    public var atMs: UInt64
    public var spec: TaskSpec
    /// How long after its submission its owner cancels it, in milliseconds; nil when the owner lets it end.
    public var cancelAfterMs: UInt64?

    public init(atMs: UInt64, spec: TaskSpec, cancelAfterMs: UInt64? = nil) {
        self.atMs = atMs
        self.spec = spec
        self.cancelAfterMs = cancelAfterMs
    }
}
