/// What the votes of a redundancy group come to.
///
/// Outputs that are each within the tolerance of a third need not be within that of each other, so votes do not fall into
/// classes. The result is the vote that most others agree with, and of equals the one that was made first; it stands when
/// more than half of all votes agree with it, itself among them.
struct Verdict: Equatable, Sendable {
    /// The copy whose outputs are the result, if the vote is carried.
    let result: TaskID
    /// Those that agree with it, itself among them.
    let agreeing: [TaskID]
    /// How many voted.
    let votes: Int

    /// - Parameters:
    ///   - votes: At least one.
    ///   - differences: One for each two of them.
    init(of votes: [TaskID], _ differences: [OutputDifference]) {
        let sides = votes.map { vote in
            votes.filter { other in
                vote == other
                    || differences.contains {
                        $0.items == 0
                            && ($0.left == vote && $0.right == other || $0.left == other && $0.right == vote)
                    }
            }
        }
        let most = sides.map(\.count).max() ?? 0
        let place = sides.firstIndex { $0.count == most } ?? 0
        result = votes[place]
        agreeing = sides[place]
        self.votes = votes.count
    }

    /// Whether more than half agree.
    var isCarried: Bool { agreeing.count * 2 > votes }

    /// Whether one more vote could carry it.
    var isWithinOneVote: Bool { (agreeing.count + 1) * 2 > votes + 1 }
}
