/// Why a backend does not run a task.
public enum BackendRefusal: UInt32, WireEnum {
    /// The model's in-page runtime has no such backend.
    case runtimeLacksIt = 1
    /// The browser has the interface but offers no adapter behind it.
    case noAdapter = 2
    /// The browser has no such interface, or refuses to open it.
    case browserRefuses = 3
    /// The runtime would run every compute node of the model elsewhere.
    case noComputeNode = 4
    /// The runtime has no kernel for a node of the model, or the kernel fails.
    case noKernel = 5
    /// The adapter would take longer than a dispatch is given.
    case tooSlow = 6
    /// The adapter lacks a feature, or a limit is too low, for what the task needs.
    case lacksFeature = 7

    public var name: StaticString {
        switch self {
        case .runtimeLacksIt: "runtime_lacks_it"
        case .noAdapter: "no_adapter"
        case .browserRefuses: "browser_refuses"
        case .noComputeNode: "no_compute_node"
        case .noKernel: "no_kernel"
        case .tooSlow: "too_slow"
        case .lacksFeature: "lacks_feature"
        }
    }
}
