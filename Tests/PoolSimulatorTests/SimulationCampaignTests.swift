import Pool
import PoolEngine
import PoolSimulator
import Testing

@Suite("Many simulations")
struct SimulationCampaignTests {
    private struct Refused: Error {}

    private static func simulate(_ seed: UInt64) -> SimulationResult { Simulation(.drawn(seed: seed)).run() }

    @Test("add up to what each of them gives, however many run at a time", arguments: [1, 4])
    func addition(width: Int) async throws {
        let runs = SeededRuns.all[9..<40]
        let tally = try await SimulationCampaign(seeds: 10...40, width: width).run(simulate: Self.simulate)
        #expect(tally.runs == 31)
        #expect(tally.summary == runs.reduce(into: SimulationSummary()) { $0.add($1.result.summary) })
        #expect(tally.events == runs.reduce(0) { $0 + $1.result.log.durableHead() })
        #expect(tally.violations == 0 && tally.failed.isEmpty)
        let digests = runs.flatMap { $0.result.digest.bytes }
        #expect(tally.digest == Digest(sha256: digests))
    }

    @Test("name those that failed, in the order of their seeds, and count every violation")
    func failures() async throws {
        let violation = InvariantViolation(invariant: .core5, sequence: 7, detail: "too many")
        let tally = try await SimulationCampaign(seeds: 1...20, width: 3).run { seed in
            var result = Self.simulate(seed)
            if seed % 7 == 0 { result.violations = [violation, violation] }
            if seed == 13 { result.isQuiescent = false }
            return result
        }
        #expect(tally.violations == 4)
        #expect(tally.failed.map(\.seed) == [7, 13, 14])
        #expect(tally.failed.map(\.failure) == [.violation(violation), .neverQuiet, .violation(violation)])
    }

    @Test("end with those under way when they are cancelled")
    func cancellation() async throws {
        let campaign = Task {
            try await SimulationCampaign(seeds: 1...1_000_000, width: 2).run(simulate: Self.simulate)
        }
        try await Task.sleep(for: .milliseconds(200))
        campaign.cancel()
        let tally = try await campaign.value
        #expect(tally.runs >= 1 && tally.runs < 1_000_000)
        #expect(tally.summary.engines >= tally.runs)
    }

    @Test("end with the error of one that cannot be run")
    func error() async {
        await #expect(throws: Refused.self) {
            try await SimulationCampaign(seeds: 1...1_000_000, width: 2).run { seed in
                if seed == 30 { throw Refused() }
                return Self.simulate(seed)
            }
        }
    }
}
