import PoolEngine
import Testing

@Suite("A batch of a run")
struct BatchPacingTests {
    @Test("is as large as the task asks for, where that takes no longer than the interval")
    func whole() {
        var pacing = BatchPacing(most: 64, intervalMs: 5_000)
        #expect(pacing.items == 64)
        pacing.took(5_000, items: 64)
        #expect(pacing.items == 64)
    }

    @Test("has as many items as the interval has room for by the last batch, and one at least")
    func paced() {
        var pacing = BatchPacing(most: 64, intervalMs: 1_000)
        pacing.took(6_400, items: 64)
        #expect(pacing.items == 10)
        pacing.took(10 * 300, items: 10)
        #expect(pacing.items == 3)
        pacing.took(3 * 4_000, items: 3)
        #expect(pacing.items == 1)
        pacing.took(5, items: 1)
        #expect(pacing.items == 64)
    }
}
