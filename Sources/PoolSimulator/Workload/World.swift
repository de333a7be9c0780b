import Pool

/// The machine that a simulation takes place on: how long things take there, and which rungs help.
public struct World: Equatable, Sendable {
    /// Times, in milliseconds, each drawn from its range whenever it is needed.
    public var launchMs: ClosedRange<UInt64> = 150...3_000
    public var closeMs: ClosedRange<UInt64> = 10...800
    public var prepareMs: ClosedRange<UInt64> = 50...2_000
    /// From the grant until a run has its model, which must be brought into the page.
    public var coldStartMs: ClosedRange<UInt64> = 50...2_000
    /// The same with the model in the page.
    public var warmStartMs: ClosedRange<UInt64> = 1...20
    /// A batch of items.
    public var batchMs: ClosedRange<UInt64> = 1...500
    /// How many signs of life in a thousand come late, and canaries take long, though nothing is wrong.
    public var latePerMille: UInt32 = 0
    /// Each rung that is taken on a browser, by its number; those that are not there take 5 to 1,500 ms.
    private var rungMs: [UInt32: ClosedRange<UInt64>] = [:]
    /// How often in a thousand a rung helps after an evidence; those that are not there always do.
    private var healsPerMille: [Evidence: [UInt32: UInt32]] = [:]

    /// The world of simulations that say nothing of theirs.
    public init() {}

    func time(of rung: Rung) -> ClosedRange<UInt64> { rungMs[rung.rawValue] ?? 5...1_500 }

    func healsPerMille(_ rung: Rung, after evidence: Evidence) -> UInt32 {
        healsPerMille[evidence]?[rung.rawValue] ?? 1_000
    }

    /// A world whose times differ from others' by orders of magnitude, and in which a rung mostly either helps or does
    /// not: an in-browser model of 100 KB starts in milliseconds, and one of 100 MB in many seconds; a slow disk makes a
    /// launch long; one driver gives its device back, and another one only to a new process.
    public static func drawn(from random: inout SplitMix64) -> World {
        var world = World()
        world.launchMs = random.spread(200, 6_000)
        world.coldStartMs = random.spread(30, 12_000)
        world.prepareMs = world.coldStartMs
        world.batchMs = random.spread(20, 400)
        for (rung, most) in [
            (.endScript, 100), (.reloadPage, 800), (.freshPage, 1_500), (.restartGPU, 3_000),
        ]
            as [(Rung, UInt64)]
        {
            world.rungMs[rung.rawValue] = random.spread(5, most)
        }
        for evidence in Evidence.allCases {
            for rung in evidence.ladder where rung != .restartBrowser {
                let helps = random.chance(perMille: 600)
                let perMille = helps ? random.within(800...1_000) : random.within(0...200)
                world.healsPerMille[evidence, default: [:]][rung.rawValue] = UInt32(perMille)
            }
        }
        return world
    }
}

extension SplitMix64 {
    /// A range around a time that is as likely to be of one order of magnitude as of another: from half of it to half as
    /// much again.
    fileprivate mutating func spread(_ least: UInt64, _ most: UInt64) -> ClosedRange<UInt64> {
        var middle = least
        let doublings = within(0...UInt64(64 - (most / least).leadingZeroBitCount))
        for _ in 0..<doublings { middle = min(middle * 2, most) }
        return max(middle / 2, 1)...(middle * 3 / 2)
    }
}
