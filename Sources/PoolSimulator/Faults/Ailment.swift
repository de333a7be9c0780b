import Pool

/// What goes wrong in a browser little by little, so that it shows before the browser fails, if it does.
public struct Ailment: Equatable, Sendable {
    /// What shows of it.
    public enum Kind: UInt32, CaseIterable, Sendable {
        /// The GPU takes longer and longer.
        case gpuSlows
        /// Memory is used and not given back.
        case memoryLeaks
        /// Signs of life come later and later, and take longer.
        case processStalls

        /// Its name.
        public var name: String {
            switch self {
            case .gpuSlows: "gpu_slows"
            case .memoryLeaks: "memory_leaks"
            case .processStalls: "process_stalls"
            }
        }
    }

    /// What comes of it.
    public enum End: Equatable, Sendable {
        /// The browser is well again.
        case passes
        /// The browser fails.
        case fails(Evidence)
        /// The browser says nothing any more, and nothing in it goes on.
        case fallsSilent
    }

    public var kind: Kind
    /// When it begins to show after the launch, or after it passed, in milliseconds.
    public var afterMs: UInt64
    /// How long it gets worse, in milliseconds.
    public var lastsMs: UInt64
    /// How often it comes, at least once: all but the last time it is mild, and passes.
    public var episodes: UInt64
    /// How many times as bad as usual it is at its end.
    public var times: UInt64
    public var end: End

    public init(kind: Kind, afterMs: UInt64, lastsMs: UInt64, times: UInt64, end: End, episodes: UInt64 = 1) {
        self.kind = kind
        self.afterMs = afterMs
        self.lastsMs = lastsMs
        self.times = times
        self.end = end
        self.episodes = episodes
    }

    static func drawn(from random: inout SplitMix64) -> Ailment {
        let kind = random.pick(Kind.allCases)
        let afterMs = random.within(1_000...60_000)
        let lastsMs = random.within(5_000...40_000)
        let passes = random.chance(perMille: 200)
        let times = random.within(2...kind.worst)
        return Ailment(
            kind: kind, afterMs: afterMs, lastsMs: lastsMs, times: times,
            end: passes ? .passes : random.pick(kind.ends), episodes: random.within(1...3))
    }

    /// How many times as bad as usual it gets at most where it is mild.
    private static let mildTimes: UInt64 = 3

    /// From one time that it passes to the next, in milliseconds.
    private var cycleMs: UInt64 { max(afterMs + lastsMs, 1) }
    /// From the launch until it ends, in milliseconds.
    var endsAfterMs: UInt64 { cycleMs * max(episodes, 1) }

    /// How many thousandths as bad as usual it is so long after the launch.
    func severityMilli(afterMs elapsedMs: UInt64) -> UInt64 {
        let (episode, intoMs) = elapsedMs.quotientAndRemainder(dividingBy: cycleMs)
        guard episode < episodes, intoMs > afterMs else { return 1_000 }
        let worst = episode + 1 < episodes ? min(times, Self.mildTimes) : times
        return 1_000 + (intoMs - afterMs) * (worst - 1) * 1_000 / max(lastsMs, 1)
    }
}

extension Ailment.Kind {
    fileprivate var worst: UInt64 {
        switch self {
        case .gpuSlows: 20
        case .memoryLeaks: 6
        case .processStalls: 6
        }
    }

    fileprivate var ends: [Ailment.End] {
        switch self {
        case .gpuSlows: [.fails(.gpuProcessLost), .fails(.deviceLost), .fallsSilent]
        case .memoryLeaks: [.fails(.pageOutOfMemory), .fails(.rendererKilled), .fails(.processExited)]
        case .processStalls: [.fails(.pipeClosed), .fallsSilent]
        }
    }
}
