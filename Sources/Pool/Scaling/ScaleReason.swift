/// Why the pool scales.
public enum ScaleReason: UInt32, WireEnum {
    /// Tasks wait that no browser there can take, or whose work would take longer than a launch.
    case queue = 1
    /// The demand of the panic window is a burst.
    case panic = 2
    /// The demand of the stable window is more, or less, than the lanes of the target.
    case stable = 3
    /// Arrivals rise, and are expected to bring more demand than the target has lanes.
    case forecast = 4
    /// The browsers use more memory than they may.
    case memory = 5

    public var name: StaticString {
        switch self {
        case .queue: "queue"
        case .panic: "panic"
        case .stable: "stable"
        case .forecast: "forecast"
        case .memory: "memory"
        }
    }
}
