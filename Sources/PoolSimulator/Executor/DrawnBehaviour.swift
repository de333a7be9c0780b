import Pool
import PoolEngine

/// Browsers whose times are drawn from a seed, and that fail as a plan of faults has it.
struct DrawnBehaviour: BrowserBehaviour {
    private let world: World
    private let host: SimulatedHost
    private var timing: SplitMix64

    init(_ world: World, on host: SimulatedHost, timing: SplitMix64) {
        self.world = world
        self.host = host
        self.timing = timing
    }

    var replayed: ReplayCounts? { nil }

    mutating func engineBegan(_ number: Int) {}
    mutating func submitted(_ task: TaskID, planned: Int) {}

    mutating func copied(_ copy: TaskID, of task: TaskID) {}

    mutating func launch(_ launch: Effect.Launch, faults: inout FaultSource, at now: EventTime) -> Course {
        let fault = faults.launch(at: now)
        if fault == .launchHangs { return Course(fault: fault, afterNs: nil) }
        return Course(fault: fault, afterMs: timing.within(world.launchMs))
    }

    mutating func launched(
        _ launch: Effect.Launch, faults: inout FaultSource, at now: EventTime
    ) -> Launched {
        let launchMs = Double(timing.within(world.launchMs))
        return Launched(launchMs: launchMs, laterFault: faults.idleBrowser(at: now))
    }

    mutating func close(_ close: Effect.Close, faults: inout FaultSource, at now: EventTime) -> Course {
        faults.close(at: now).map { Course(fault: $0, afterNs: nil) }
            ?? Course(afterMs: timing.within(world.closeMs))
    }

    mutating func stop(_ stop: Effect.Stop, faults: inout FaultSource, at now: EventTime) -> Course {
        faults.stop(at: now).map { Course(fault: $0, afterNs: nil) }
            ?? Course(afterMs: timing.within(1...300))
    }

    mutating func prepare(
        _ prepare: Effect.Prepare, faults: inout FaultSource, at now: EventTime
    ) -> Course {
        let fault = faults.prepare(at: now)
        if fault == .prepareHangs { return Course(fault: fault, afterNs: nil) }
        return Course(fault: fault, afterMs: timing.within(world.prepareMs))
    }

    mutating func heal(_ heal: Effect.Heal, faults: inout FaultSource, at now: EventTime) -> Course {
        var fault = faults.rung(at: now)
        if fault == .rungHangs { return Course(fault: fault, afterNs: nil) }
        let helps = world.healsPerMille(heal.rung, after: heal.evidence)
        if fault == nil, helps < 1_000, !timing.chance(perMille: helps) { fault = .rungFails }
        return Course(fault: fault, afterMs: timing.within(world.time(of: heal.rung)))
    }

    mutating func compare(
        _ compare: Effect.Compare, faults: inout FaultSource, at now: EventTime
    ) -> Course {
        let fault = faults.comparison(at: now)
        if fault == .comparisonHangs { return Course(fault: fault, afterNs: nil) }
        return Course(fault: fault, afterMs: timing.within(1...200))
    }

    func offBy(of run: Effect.Run) -> UInt64 { 0 }

    mutating func heartbeatAfterNs(everyMs: UInt64) -> UInt64 {
        let late = world.latePerMille > 0 && timing.chance(perMille: world.latePerMille)
        return everyMs * timing.within(late ? 1_500...3_000 : 900...1_300) / 1_000 * 1_000_000
    }

    mutating func heartbeat(faults: inout FaultSource, at now: EventTime) -> HeartbeatSigns? {
        guard faults.heartbeat(at: now) == nil else { return nil }
        let answerMs = timing.within(1...20)
        let busy = world.latePerMille > 0 && timing.chance(perMille: world.latePerMille)
        let canaryUs = timing.within(2_000...4_000) * (busy ? timing.within(2...5) : 1)
        return HeartbeatSigns(
            answerMs: Double(answerMs), canaryMs: Double(canaryUs) / 1_000,
            memoryBytes: timing.within(290...310) << 20)
    }

    mutating func start(of run: Effect.Run, isCold: Bool) -> RunStart {
        let afterMs = timing.within(isCold ? world.coldStartMs : world.warmStartMs)
        return RunStart(
            afterNs: afterMs * 1_000_000, loadMs: isCold ? 40 : 0, compileMs: isCold ? 10 : 0)
    }

    mutating func turn(
        of run: Effect.Run, before item: UInt64?, faults: inout FaultSource, at now: EventTime
    ) -> RunTurn {
        switch faults.run(suits: host.suits(run.spec.modelDigest, run.incarnation), at: now) {
        case .runHangs: return .struck(.hangs)
        case .runFails(let failure):
            return .struck(.fails(failure, refusal: nil, detail: "simulated"))
        case let fault?: return .struck(.browserFails(fault))
        case nil: break
        }
        let stepMs = timing.within(world.batchMs)
        let left = item.map { run.items.upperBound - $0 } ?? 0
        // A whole batch takes the time that is drawn, and a part of one so much of it.
        var pacing = BatchPacing(most: run.spec.batchItems, intervalMs: run.syncIntervalMs)
        let whole = UInt64(max(run.spec.batchItems, 1))
        pacing.took(Double(stepMs), items: Int(whole))
        let items = min(pacing.items, left)
        let stepNs = pacing.items < whole ? stepMs * 1_000_000 * items / whole : stepMs * 1_000_000
        return .reports(
            runMs: Double(stepMs), next: RunStep(items: items, afterNs: items == 0 ? 1_000_000 : stepNs))
    }
}
