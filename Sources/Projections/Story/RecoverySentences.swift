import Pool

extension RecoveryBegan {
    func sentence(_ told: Told) -> String {
        "recovery \(told.sequence) of task \(task) began (\(Wording.words(evidence))): strategy "
            + "\(Wording.words(strategy)), from item \(checkpointItems), within \(told.wait(until: deadline))"
            + (group.map { $0.sequence == told.sequence ? "" : ", together with recovery \($0)" } ?? "")
            + (estimates.isEmpty
                ? "" : explored ? ", chosen to know what it costs" : ", chosen by what each has cost")
    }
}

extension RungStarted {
    func sentence(_ told: Told) -> String {
        "recovery \(recovery) of \(told.task) took attempt \(attempt): \(Wording.words(rung))"
            + (browser.map { " on browser \($0)" } ?? "")
    }
}

extension HealDecided {
    func sentence(_ told: Told) -> String {
        "browser \(browser) was to be healed (\(Wording.words(evidence))): \(Wording.words(rung)), within "
            + told.wait(until: deadline) + (estimates.isEmpty ? "" : ", chosen by what each has taken")
    }
}

extension RungEnded {
    var sentence: String {
        "browser \(browser) was \(healed ? "healed" : "not healed") after "
            + Wording.rounded(milliseconds: durationMs) + Wording.detail(detail)
    }
}

extension RecoveryCommitted {
    var sentence: String {
        "recovery \(recovery) of task \(task) succeeded after \(Wording.seconds(nanoseconds: durationNs))"
    }
}

extension RecoveryRolledBack {
    var sentence: String {
        "recovery \(recovery) of task \(task) was given up (\(Wording.words(reason)))"
    }
}
