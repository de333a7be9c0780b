import Testing

/// Runs the harnesses of `Tests/EventLogProof` for as long as a suite allows; each also by itself for longer, as
/// `EventLogProof kills --count 2000`. A failure prints the command that shows it again.
@Suite(.serialized) struct ProofTests {
    @Test(
        "a log whose writer is killed at any instant holds all that was acknowledged, whole and without a gap (LOG-1, LOG-2, LOG-3)"
    )
    func kills() async throws {
        let (status, output) = try await ProofProgram.run("kills", "--seed", "1", "--count", "50")
        #expect(status == 0, "\(output)")
    }

    @Test(
        "a log whose disk fails says so once, and goes on behind what it acknowledged (LOG-1, LOG-2, LOG-3)"
    )
    func faults() async throws {
        let (status, output) = try await ProofProgram.run("faults", "--seed", "1", "--count", "40")
        #expect(status == 0, "\(output)")
    }

    @Test("a power cut loses nothing that was acknowledged (LOG-1, LOG-2, LOG-3)")
    func powerCuts() async throws {
        let (status, output) = try await ProofProgram.run("power-cuts", "--seed", "1", "--count", "40")
        #expect(status == 0, "\(output)")
    }

    @Test(
        "a harness finds a log that acknowledges too early, and a disk that forgets",
        arguments: [
            ["kills", "acknowledge-early"], ["power-cuts", "acknowledge-early"],
            ["power-cuts", "ignore-flush"], ["faults", "lose-write"],
        ])
    func brokenLog(_ harness: [String]) async throws {
        let (status, output) = try await ProofProgram.run(
            harness[0], "--seed", "1", "--count", "40", "--break", harness[1])
        #expect(status == 1)
        #expect(output.contains("VIOLATION"))
        #expect(output.contains("again: \(harness[0]) --seed 1"))
    }
}
