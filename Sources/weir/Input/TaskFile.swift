import Pool

/// A task's configuration, as the file of `--task` gives it. Every field but the model is optional.
struct TaskFile {
    var modelName: String
    var family: ModelFamily?
    var backends: [Backend]?
    var strictBackend: Bool?
    var requiredFeatures: [String]?
    var requiredLimits: [AdapterLimit]?
    var memoryBytes: UInt64?
    var affinity: String?
    var priority: UInt32?
    var deadlineMs: UInt64?
    var recoveryTimeoutMs: UInt64?
    var statePersistence: Bool?
    var failoverStrategy: RecoveryStrategy?
    var redundancy: UInt32?

    init(path: String) throws(UsageError) {
        let reader = try ObjectReader(file: path)
        try reader.allowOnly([
            "resource_pool", "model_type", "model_name", "hardware_preferences", "fault_tolerance",
            "priority", "deadline", "affinity", "redundancy",
        ])
        guard try reader.bool("resource_pool") ?? true else {
            throw reader.refusal(
                "resource_pool", allowed: "true: a task that does not want the pool needs no Weir")
        }
        guard let name = try reader.string("model_name", allowed: "the name of a model") else {
            throw reader.refusal("model_name", allowed: "the name of a model")
        }
        modelName = name
        let families = ModelFamily.names.joined(separator: ", ")
        if let name = try reader.string("model_type", allowed: families) {
            guard let known = ModelFamily(name: name) else {
                throw reader.unknown("model_type", name, allowed: ModelFamily.names)
            }
            family = known
        }
        if let hardware = try reader.object("hardware_preferences") { try read(hardware) }
        affinity = try reader.string("affinity", allowed: "a word")
        priority = try reader.integer("priority", in: 0...1000).map(UInt32.init)
        deadlineMs = try reader.seconds("deadline")
        redundancy = try reader.integer("redundancy", in: 1...Int(TaskSpec.redundancyLimit)).map(UInt32.init)
        if let tolerance = try reader.object("fault_tolerance") {
            try tolerance.allowOnly(["recovery_timeout", "state_persistence", "failover_strategy"])
            recoveryTimeoutMs = try tolerance.seconds("recovery_timeout")
            statePersistence = try tolerance.bool("state_persistence")
            if let name = try tolerance.string("failover_strategy", allowed: RecoveryStrategy.allowed) {
                failoverStrategy = try .named(name, key: "failover_strategy", in: tolerance)
            }
        }
    }

    /// What a browser must have.
    private mutating func read(_ hardware: ObjectReader) throws(UsageError) {
        try hardware.allowOnly([
            "priority_list", "strict_backend", "required_features", "required_limits", "memory_mb",
        ])
        strictBackend = try hardware.bool("strict_backend")
        let allowed = "a list of " + Backend.names.joined(separator: ", ")
        if let names = try hardware.strings("priority_list", allowed: allowed) {
            var list: [Backend] = []
            for (index, name) in names.enumerated() {
                guard let backend = Backend(name: name) else {
                    throw hardware.unknown("priority_list[\(index)]", name, allowed: Backend.names)
                }
                list.append(backend)
            }
            backends = list
        }
        requiredFeatures = try hardware.strings(
            "required_features", allowed: "a list of WebGPU features, such as \"shader-f16\"")
        if let limits = try hardware.object("required_limits") {
            var required: [AdapterLimit] = []
            for name in limits.names {
                let value = try limits.integer(name, in: 1...(1 << 53)) ?? 1
                required.append(AdapterLimit(name: name, value: UInt64(value)))
            }
            requiredLimits = required
        }
        if let megabytes = try hardware.integer("memory_mb", in: 1...1_000_000) {
            memoryBytes = UInt64(megabytes) << 20
        }
    }

    /// Puts what the file says into a task.
    func apply(to spec: inout TaskSpec) {
        if let backends { spec.backends = backends }
        if let strictBackend { spec.strictBackend = strictBackend }
        if let requiredFeatures { spec.requiredFeatures = requiredFeatures }
        if let requiredLimits { spec.requiredLimits = requiredLimits }
        if let memoryBytes { spec.memoryBytes = memoryBytes }
        if let affinity { spec.affinity = affinity }
        if let priority { spec.priority = priority }
        if let deadlineMs { spec.deadlineMs = deadlineMs }
        if let redundancy { spec.redundancy = redundancy }
        if let recoveryTimeoutMs { spec.recoveryTimeoutMs = recoveryTimeoutMs }
        if let statePersistence { spec.statePersistence = statePersistence }
        spec.failoverStrategy = failoverStrategy
    }
}
