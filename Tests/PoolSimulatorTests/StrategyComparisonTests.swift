import Pool
import PoolSimulator
import Testing

@Suite("Recovery strategies compared")
struct StrategyComparisonTests {
    static let withSpare = StrategyComparison(seeds: 1...6, hasSpare: true)
    static let withoutSpare = StrategyComparison(seeds: 1...6, hasSpare: false)

    @Test("all give the outputs of the undisturbed run, whatever failed (CORE-7)")
    func outputs() {
        for comparison in [Self.withSpare, Self.withoutSpare] {
            #expect(comparison.cells.count == 4 * StrategyComparison.evidence.count)
            for cell in comparison.cells {
                #expect(cell.wrongTasks == 0, "\(cell.strategy.name), \(cell.evidence.name)")
                #expect(!cell.durationsMs.isEmpty, "\(cell.strategy.name), \(cell.evidence.name)")
                #expect(cell.durationsMs == cell.durationsMs.sorted())
            }
        }
    }

    @Test("a race is not slower than the move alone, and with a spare waiting is slower than both")
    func order() {
        func total(_ strategy: RecoveryStrategy, _ comparison: StrategyComparison) -> Double {
            comparison.cells.filter { $0.strategy == strategy }.compactMap { $0.quantileMs(percent: 50) }
                .reduce(0, +)
        }
        for comparison in [Self.withSpare, Self.withoutSpare] {
            #expect(total(.parallel, comparison) <= total(.immediate, comparison))
        }
        #expect(total(.progressive, Self.withSpare) > total(.immediate, Self.withSpare))
        #expect(total(.coordinated, Self.withSpare) >= total(.progressive, Self.withSpare))
    }
}
