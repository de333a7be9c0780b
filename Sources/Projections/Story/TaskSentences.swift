import Pool

extension TaskSubmitted {
    func sentence(_ told: Told) -> String {
        let backends = Wording.alternatives(spec.backends.map { Wording.words($0) })
        return "task \(told.sequence) was submitted: \(Wording.count(spec.itemsTotal, "item")) for "
            + "\(Wording.line(spec.model)) (\(Wording.words(spec.family))), on \(backends)"
    }
}

extension BackendRefused {
    var sentence: String {
        let who = browser.map { " by browser \($0)" } ?? ""
        let why = refusal.map { " (\(Wording.words($0)))" } ?? ""
        return "\(Wording.words(backend)) was refused\(who) for task \(task)\(why)" + Wording.detail(reason)
    }
}

extension TaskQueued {
    var sentence: String {
        let place = itemsDone > 0 ? ", to go on from item \(itemsDone)" : ""
        return "task \(task) was queued for a browser with \(Wording.words(backend)) "
            + "(\(Wording.words(reason)))\(place)"
    }
}

extension TaskSuspended {
    var sentence: String {
        "task \(task) was suspended (\(Wording.words(reason))) with \(Wording.count(itemsDone, "item")) done, "
            + "until its owner resumes it"
    }
}

extension RetryScheduled {
    func sentence(_ told: Told) -> String {
        "attempt \(attempt) of task \(task) was put off for \(told.wait(until: dueAt))"
    }
}

extension TaskSucceeded {
    var sentence: String { "task \(task) succeeded, with all \(Wording.count(itemsDone, "item")) done" }
}

extension TaskFailed {
    var sentence: String {
        "task \(task) failed (\(Wording.words(failure))) with \(Wording.count(itemsDone, "item")) done"
            + Wording.detail(detail)
    }
}

extension TaskCancelled {
    var sentence: String { "task \(task) was cancelled with \(Wording.count(itemsDone, "item")) done" }
}

extension TaskTimedOut {
    var sentence: String { "task \(task) timed out with \(Wording.count(itemsDone, "item")) done" }
}
