import Pool

/// What the owners of tasks do in a simulation: submit, cancel, and resume what an engine's end has suspended.
public struct Workload: Equatable, Sendable {
    public var tasks: [PlannedTask]
    /// How long owners wait before they resume a suspended task, at most, in milliseconds.
    public var resumeWithinMs: UInt64
    /// How many suspended tasks in a thousand are cancelled rather than resumed.
    public var cancelSuspendedPerMille: UInt32

    public init(tasks: [PlannedTask], resumeWithinMs: UInt64 = 5_000, cancelSuspendedPerMille: UInt32 = 0) {
        self.tasks = tasks
        self.resumeWithinMs = resumeWithinMs
        self.cancelSuspendedPerMille = cancelSuspendedPerMille
    }

    /// A workload drawn from a seed, of tasks of every family, size, priority and kind.
    ///
    /// - Parameter tasks: How many; nil draws 1 to 16.
    public static func drawn(from random: inout SplitMix64, tasks given: Int? = nil) -> Workload {
        let drawn = Int(random.within(1...16))
        let count = given ?? drawn
        let overMs = random.within(1...40_000)
        let models = (0..<3).map { _ in (0..<4).map { _ in random.next() } }
        let tasks = (0..<count).map { _ in
            let spec = drawnSpec(from: &random, models: models)
            let atMs = random.within(0...overMs)
            let cancelAfterMs = random.chance(perMille: 200) ? random.within(0...30_000) : nil
            return PlannedTask(atMs: atMs, spec: spec, cancelAfterMs: cancelAfterMs)
        }
        var workload = Workload(
            tasks: tasks, resumeWithinMs: random.within(1...20_000),
            cancelSuspendedPerMille: random.chance(perMille: 300) ? 300 : 0)
        if given == nil, random.chance(perMille: 80) {
            workload.tasks = drawnStream(from: &random, models: models)
        }
        return workload
    }

    /// Small tasks of one model: one by itself, and then many that arrive evenly, and after a while several times as often.
    private static func drawnStream(from random: inout SplitMix64, models: [[UInt64]]) -> [PlannedTask] {
        let (everyMs, times) = (random.within(400...1_500), random.within(2...4))
        var tasks: [PlannedTask] = []
        var atMs: UInt64 = 0
        for index in 0..<random.within(40...90) {
            var spec = TaskSpec(
                model: "model-0", modelDigest: digest(of: models[0]), runtime: "simulated",
                itemsTotal: random.within(1...2), inputsCount: 1, batchItems: 1, backends: [.webgpu, .cpu])
            spec.inputs = Payload(inline: Array("[0]".utf8), sizeBytes: 3)
            spec.runtimeBackends = [.webgpu, .cpu]
            tasks.append(PlannedTask(atMs: atMs, spec: spec))
            atMs += index == 0 ? 20_000 : index < 30 ? everyMs : everyMs / times
        }
        return tasks
    }

    private static func drawnSpec(from random: inout SplitMix64, models: [[UInt64]]) -> TaskSpec {
        let model = Int(random.below(UInt64(models.count)))
        var spec = TaskSpec(family: random.pick(ModelFamily.allCases))
        spec.model = "model-\(model)"
        spec.modelDigest = digest(of: models[model])
        spec.runtime = "simulated"
        spec.itemsTotal = random.chance(perMille: 200) ? 1 : random.within(1...300)
        spec.inputs = Payload(inline: Array("[0]".utf8), sizeBytes: 3)
        spec.inputsCount = 1
        spec.batchItems = UInt32(random.within(1...128))
        spec.backends = drawnBackends(from: &random)
        spec.priority = UInt32(random.below(4))
        spec.recoveryTimeoutMs = random.within(500...30_000)
        spec.statePersistence = random.chance(perMille: 800)
        spec.failoverStrategy = random.chance(perMille: 500) ? random.pick(RecoveryStrategy.allCases) : nil
        spec.deadlineMs = random.chance(perMille: 250) ? random.within(100...60_000) : 0
        spec.runtimeBackends = random.pick([[], [.webgpu, .cpu], [.webgpu, .webnn, .cpu]])
        spec.strictBackend = random.chance(perMille: 150)
        if random.chance(perMille: 150) { spec.requiredFeatures = ["shader-f16"] }
        if random.chance(perMille: 20) { spec.requiredFeatures.append("no-such-feature") }
        if random.chance(perMille: 150) {
            spec.requiredLimits = [AdapterLimit(name: "maxBufferSize", value: 1 << random.within(28...33))]
        }
        if random.chance(perMille: 300) { spec.memoryBytes = random.within(1...300) << 20 }
        if random.chance(perMille: 300) { spec.affinity = "group-\(random.below(2))" }
        if random.chance(perMille: 150) { spec.redundancy = UInt32(random.within(1...3)) }
        return spec
    }

    private static func drawnBackends(from random: inout SplitMix64) -> [Backend] {
        switch random.below(20) {
        case 0: [.cpu]
        case 1: [.webnn, .cpu]
        case 2...4: [.webnn, .webgpu]
        case 5: [.webgpu, .webnn, .webgpu, .cpu]
        default: [.webgpu, .cpu]
        }
    }

    private static func digest(of words: [UInt64]) -> Digest {
        let bytes = words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) } }
        guard let digest = Digest(bytes: bytes) else { preconditionFailure("four words are 32 bytes") }
        return digest
    }
}
