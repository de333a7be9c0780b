import Testing

/// Changes a sample of the bytes of a log's data file, one at a time. `EventLogProof sweep` by itself changes all.
@Suite struct SweepTests {
    @Test(
        "every changed byte that matters is found, in a record at its sequence number, and never by a crash (LOG-4)",
        arguments: [1, 2])
    func sampledBytes(seed: Int) async throws {
        let (status, output) = try await ProofProgram.run("sweep", "--seed", "\(seed)", "--stride", "397")
        #expect(status == 0, "\(output)")
        #expect(output.contains("changes: record, found"))
    }
}
