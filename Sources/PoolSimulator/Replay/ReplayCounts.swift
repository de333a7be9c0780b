/// How much of a replay is recorded, and how much had to be modelled.
public struct ReplayCounts: Equatable, Sendable {
    /// Durations and outcomes that were taken from the very thing that was recorded, by `names`.
    public var asRecorded = Counts()
    /// Those that were drawn from what was recorded of others of the kind.
    public var resampled = Counts()
    /// Those of which the log has none, and that were assumed.
    public var assumed = Counts()
    /// Recorded faults that struck again, by kind.
    public var struck = Counts()

    /// What has a duration.
    public static let names = [
        "items", "starts", "launches", "preparations", "rungs", "stops", "closes", "comparisons",
    ]

    public init() {}

    mutating func count(_ name: StaticString, _ origin: Origin, times: Int = 1) {
        switch origin {
        case .recorded: asRecorded.add(name.description, times)
        case .resampled: resampled.add(name.description, times)
        case .assumed: assumed.add(name.description, times)
        }
    }
}
