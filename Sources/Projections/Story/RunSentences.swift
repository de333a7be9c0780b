import Pool

extension TaskGranted {
    func sentence(_ told: Told) -> String {
        "task \(task) was given browser \(browser) (allocation \(told.sequence)) for "
            + told.wait(until: leaseDeadline) + (recovery.map { ", which recovery \($0) waited for" } ?? "")
    }
}

extension RunAssigned {
    var sentence: String {
        "browser \(browser) was to run \(Wording.items(from: firstItem, count: itemCount)) of task \(task) on "
            + "\(Wording.words(backend)), after \(Wording.seconds(nanoseconds: queueNs)) in the queue"
    }
}

extension RunStarted {
    func sentence(_ told: Told) -> String {
        "\(told.task) ran\(told.onBrowser), the model \(cold ? "brought into the page" : "already there") in "
            + Wording.rounded(milliseconds: loadMs + compileMs)
    }
}

extension RunProgressed {
    func sentence(_ told: Told) -> String {
        "\(Wording.items(from: firstItem, count: itemCount)) of \(told.task) had results"
    }
}

extension RunCompleted {
    func sentence(_ told: Told) -> String { "the run of \(told.task)\(told.onBrowser) was complete" }
}

extension RunFailed {
    func sentence(_ told: Told) -> String {
        let why = refusal.map { ", \(Wording.words($0))" } ?? ""
        return "the run of \(told.task)\(told.onBrowser) failed (\(Wording.words(failure))\(why))"
            + Wording.detail(detail)
    }
}

extension RunStopDecided {
    func sentence(_ told: Told) -> String {
        "run \(run) of \(told.task) was to be stopped on browser \(browser) within "
            + told.wait(until: deadline)
    }
}

extension RunStopped {
    func sentence(_ told: Told) -> String { "a run of \(told.task) has stopped on browser \(browser)" }
}

extension AllocationReleased {
    var sentence: String {
        "task \(task) gave browser \(browser) back (\(Wording.words(reason)))"
    }
}

extension PrepareDecided {
    func sentence(_ told: Told) -> String {
        "browser \(browser) was to load the model of task \(task) for \(Wording.words(backend)), in case it "
            + "is needed there, within \(told.wait(until: deadline))"
    }
}

extension ModelPrepared {
    var sentence: String {
        "browser \(browser) had the model loaded in \(Wording.rounded(milliseconds: loadMs + compileMs))"
    }
}

extension PrepareFailed {
    var sentence: String {
        "browser \(browser) could not load the model (\(Wording.words(failure)))" + Wording.detail(detail)
    }
}
