import Pool
import PoolEngine

/// The machine that a simulation pretends to run on: its name, its pids and what its browsers say of themselves, all
/// from the seed.
struct SimulatedHost: Sendable {
    let name: String
    let logID: [UInt8]
    private let firstPid: UInt32

    init(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let high = random.next()
        let low = random.next()
        logID = [high, low].flatMap { word in
            (0..<8).map { UInt8(truncatingIfNeeded: word >> (56 - 8 * $0)) }
        }
        name = "simulated-\(seed)"
        firstPid = UInt32(random.within(1_000...30_000))
    }

    /// The engine's own pid for its n-th engine, from 0.
    func enginePid(_ engine: Int) -> UInt32 { firstPid + UInt32(engine) }

    /// No two launches of a log have the same pid.
    func pid(of launch: ObligationID) -> UInt32 {
        firstPid &+ 100_000 &+ UInt32(truncatingIfNeeded: launch.sequence)
    }

    func identity(engine: Int) -> EngineIdentity {
        EngineIdentity(version: "simulated", host: name, pid: enginePid(engine), simulated: true)
    }

    /// What a browser process says of itself. Most stand for no product, and some for one; half of the adapters have
    /// `shader-f16`, and a fourth a small buffer limit.
    func facts(pid: UInt32, hasAdapter: Bool) -> BrowserFacts {
        let buffer = AdapterLimit(name: "maxBufferSize", value: pid.isMultiple(of: 4) ? 1 << 28 : 1 << 32)
        let adapter = Adapter(
            vendor: "simulated", architecture: "none", device: "none",
            description: "no adapter stands behind it", software: true,
            features: pid.isMultiple(of: 2) ? ["shader-f16", "subgroups"] : ["subgroups"], limits: [buffer])
        return BrowserFacts(
            pid: pid, kind: Self.kind(pid: pid), product: "Simulated/1", sandboxed: true,
            adapter: hasAdapter ? adapter : nil, simulated: true,
            backends: [
                BackendSupport(
                    backend: .webgpu, refusal: hasAdapter ? nil : .noAdapter,
                    reason: hasAdapter ? "" : "simulated: no adapter", simulated: true),
                BackendSupport(
                    backend: .webnn, refusal: .browserRefuses, reason: "simulated: no WebNN", simulated: true),
                BackendSupport(backend: .cpu, simulated: true),
            ])
    }

    private static func kind(pid: UInt32) -> BrowserKind {
        let kinds: [BrowserKind] = [.simulated, .simulated, .chrome, .simulated, .firefox]
        return kinds[Int(pid) % kinds.count]
    }

    /// Whether a model gets on with the browser of an incarnation: each has one kind of browser that it does not.
    func suits(_ model: Digest, _ incarnation: IncarnationID) -> Bool {
        let kinds: [BrowserKind] = [.simulated, .chrome, .firefox]
        let unsuited = kinds[Int("\(model)".utf8.first ?? 0) % kinds.count]
        return Self.kind(pid: pid(of: ObligationID(incarnation.sequence))) != unsuited
    }

    func started(_ run: Effect.Run, _ start: RunStart, isCold: Bool) -> Report {
        Report(
            RunStarted(
                obligation: run.obligation, allocation: run.allocation, loadMs: start.loadMs,
                compileMs: start.compileMs, cold: isCold, runtime: "simulated"))
    }

    func progressed(
        _ run: Effect.Run, items: Range<UInt64>, runMs: Double, offBy: UInt64
    ) -> Report {
        let end = offBy == 0 ? "}" : ",\"off_by\":\(offBy)}"
        let outputs = "[" + items.map { "{\"item\":\($0)\(end)" }.joined(separator: ",") + "]"
        let (payload, blobs) = Payload.storing(Array(outputs.utf8))
        return Report(
            RunProgressed(
                obligation: run.obligation, allocation: run.allocation, firstItem: items.lowerBound,
                itemCount: UInt64(items.count), outputs: payload, runMs: runMs,
                state: state(of: run, after: items.upperBound)),
            blobs: blobs)
    }

    /// What a simulated model carries on: for every other task the number of its items that ran.
    private func state(of run: Effect.Run, after items: UInt64) -> Payload? {
        guard run.task.sequence.isMultiple(of: 2) else { return nil }
        return Payload.storing(Array("\(items)".utf8)).payload
    }

    /// A sample at the end of a run, of a browser that grows by 16 MiB with each.
    func sampled(_ run: Effect.Run, runsCompleted: UInt64) -> Report {
        Report(
            MetricsSampled(
                browser: run.browser, incarnation: run.incarnation, intervalMs: 1_000,
                items: UInt64(run.items.count), busyMs: 500, latencyP50Ms: 5, latencyMaxMs: 50,
                jsHeapBytes: 1 << 20, gpuProcessBytes: 1 << 24, browserBytes: (8 + runsCompleted) << 24,
                processes: 5))
    }

    func completed(_ run: Effect.Run, isCold: Bool) -> Report {
        let metrics = RunMetrics(
            queueMs: Double(run.queueNs / 1_000_000), cold: isCold, items: UInt64(run.items.count))
        let provenance = Provenance(
            backend: run.backend, browser: "Simulated/1", runtime: "simulated", model: run.spec.model,
            modelDigest: run.spec.modelDigest, simulated: true, cold: isCold, batchItems: run.spec.batchItems)
        return Report(
            RunCompleted(
                obligation: run.obligation, allocation: run.allocation, metrics: metrics,
                provenance: provenance))
    }
}
