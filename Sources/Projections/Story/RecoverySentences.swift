import Pool

extension RecoveryBegan {
    func sentence(_ told: Told) -> String {
        "recovery \(told.sequence) of task \(task) began (\(Wording.words(evidence))): strategy "
            + "\(Wording.words(strategy)), from item \(checkpointItems), within \(told.wait(until: deadline))"
    }
}

extension RungStarted {
    func sentence(_ told: Told) -> String {
        "recovery \(recovery) of \(told.task) took attempt \(attempt): \(Wording.words(rung))"
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
