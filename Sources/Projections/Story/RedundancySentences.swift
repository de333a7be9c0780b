import Pool

extension TaskCopied {
    func sentence(_ told: Told) -> String {
        switch reason {
        case .submitted: "task \(told.sequence) was made, a copy of task \(leader)"
        case .tieBreak:
            "task \(told.sequence) was made, one more copy of task \(leader), since those that there were disagreed"
        }
    }
}

extension ComparisonDecided {
    var sentence: String {
        "the outputs of \(Wording.tasks(votes)), copies of task \(leader), were to be compared"
    }
}

extension OutputsCompared {
    var sentence: String {
        let found = differences.map { "\($0.left) and \($0.right) \($0.words)" }.joined(separator: "; ")
        return "the outputs of the copies of task \(leader) were compared: \(found)"
    }
}

extension OutputDifference {
    /// What was found, after the names of the two.
    fileprivate var words: String {
        guard items > 0 else { return "agree" }
        let largest = largestAbsolute > 0 ? ", by up to \(largestAbsolute)" : ""
        return "differ in \(Wording.count(items, "item")), first in item \(firstItem)\(largest)"
    }
}

extension ComparisonFailed {
    var sentence: String {
        "the outputs of the copies of task \(leader) could not be compared" + Wording.detail(detail)
    }
}

extension GroupAgreed {
    var sentence: String {
        guard agreeing.count + outvoted.count > 1 else {
            return "the result of task \(leader) is that of its copy \(result), the only one that completed"
        }
        let votes = agreeing.count + outvoted.count
        let wrong = outvoted.map { copy in
            let browser = copy.browser.map { " of browser \($0)" } ?? ""
            return "; \(copy.task)\(browser) is outvoted, first in item \(copy.firstItem)"
        }
        return "\(agreeing.count) of the \(votes) copies of task \(leader) agree, and its result is that of "
            + "\(result)" + wrong.joined()
    }
}

extension GroupDisagreed {
    var sentence: String {
        switch reason {
        case .noMajority:
            "the copies \(Wording.tasks(votes)) of task \(leader) disagree, and it has no result"
        case .notCompared:
            "the outputs of the copies \(Wording.tasks(votes)) of task \(leader) could not be compared, "
                + "and were given up"
        }
    }
}

extension GroupAbandoned {
    var sentence: String {
        switch reason {
        case .taskEnded: "the copies of task \(leader) were given up, which ended before them"
        case .noVotes: "no copy of task \(leader) completed"
        case .engineEnded:
            "the copies of task \(leader) were given up with the engine; it had its result"
        }
    }
}

extension ResultServed {
    var sentence: String {
        "the result of task \(leader) is that of its copy \(result), the first that completed"
    }
}

extension Wording {
    /// `4`, `4 and 5`, `4, 5 and 6`.
    fileprivate static func tasks(_ ids: [TaskID]) -> String {
        guard let last = ids.last, ids.count > 1 else { return ids.first.map { "\($0)" } ?? "none" }
        return ids.dropLast().map { "\($0)" }.joined(separator: ", ") + " and \(last)"
    }
}
