import Testing

@testable import Pool

@Suite("The votes of copies")
struct VerdictTests {
    /// Votes 1 to n, of which these pairs differ.
    private static func verdict(_ count: UInt64, differing: [(UInt64, UInt64)]) -> Verdict {
        let votes = (1...count).map { TaskID($0) }
        let differences = votes.flatMap { left in
            votes.filter { $0 > left }.map { right in
                let differs = differing.contains { $0.0 == left.sequence && $0.1 == right.sequence }
                return OutputDifference(left: left, right: right, items: differs ? 1 : 0)
            }
        }
        return Verdict(of: votes, differences)
    }

    @Test("carry a result that more than half agree on, and no other")
    func majority() {
        #expect(Self.verdict(1, differing: []).isCarried)
        #expect(Self.verdict(2, differing: []).isCarried)
        let tie = Self.verdict(2, differing: [(1, 2)])
        #expect(!tie.isCarried && tie.isWithinOneVote)
        let outvoted = Self.verdict(3, differing: [(1, 2), (1, 3)])
        #expect(outvoted.isCarried && outvoted.result == TaskID(2))
        #expect(outvoted.agreeing == [TaskID(2), TaskID(3)])
        let all = Self.verdict(3, differing: [(1, 2), (1, 3), (2, 3)])
        #expect(!all.isCarried && !all.isWithinOneVote)
        let even = Self.verdict(4, differing: [(1, 3), (1, 4), (2, 3), (2, 4)])
        #expect(!even.isCarried && even.isWithinOneVote)
    }

    @Test("go to the one in the middle, where two agree with a third and not with each other")
    func middle() {
        let verdict = Self.verdict(3, differing: [(1, 3)])
        #expect(verdict.isCarried && verdict.result == TaskID(2) && verdict.agreeing.count == 3)
    }
}
