import Pool

extension BrowserLaunchDecided {
    func sentence(_ told: Told) -> String {
        let limit = "within \(told.wait(until: deadline))"
        guard let browser else {
            return "browser \(told.sequence) was to be started (\(Wording.words(reason))), \(limit)"
        }
        return "browser \(browser) was to be started anew (\(Wording.words(reason))), \(limit)"
    }
}

extension BrowserLaunched {
    var sentence: String {
        let product = facts.product.isEmpty ? Wording.words(facts.kind) : Wording.line(facts.product)
        let stand = facts.simulated ? ", simulated" : ""
        return "browser \(browser) was ready after \(Wording.rounded(milliseconds: launchMs)): \(product), "
            + "process \(facts.pid)\(stand)"
    }
}

extension BrowserLaunchFailed {
    var sentence: String {
        "browser \(browser) could not be started (\(Wording.words(evidence)))" + Wording.detail(detail)
    }
}

extension BrowserFailed {
    var sentence: String {
        let process =
            if signal != 0 {
                "; signal \(signal) ended its process"
            } else if processEnded {
                "; its process ended with status \(exitStatus)"
            } else {
                "; its process may still be alive"
            }
        return "browser \(browser) failed (\(Wording.words(evidence)))" + Wording.detail(detail) + process
    }
}

extension BrowserClosed {
    var sentence: String { "the process of browser \(browser) has ended (\(Wording.words(step)))" }
}

extension BrowserCloseDecided {
    func sentence(_ told: Told) -> String {
        let then = relaunch ? ", to be started anew" : ""
        return "browser \(browser) was to be closed (\(Wording.words(reason))) within "
            + "\(told.wait(until: deadline))\(then)"
    }
}

extension BrowserRetired {
    var sentence: String { "browser \(browser) left the pool (\(Wording.words(reason)))" }
}

extension LaunchRetryScheduled {
    func sentence(_ told: Told) -> String {
        "launches were put off for \(told.wait(until: dueAt)), after "
            + "\(Wording.count(failures, "failure")) in a row"
    }
}

extension MetricsSampled {
    var sentence: String {
        "browser \(browser) was sampled: \(Wording.count(items, "item")) in "
            + Wording.rounded(milliseconds: intervalMs)
    }
}

extension BrowserHeartbeat {
    var sentence: String {
        "browser \(browser) gave a sign of life, after \(Wording.rounded(milliseconds: answerMs))"
    }
}

extension BreakerOpened {
    func sentence(_ told: Told) -> String {
        "browser \(browser) was quarantined for \(told.wait(until: until)), after "
            + "\(Wording.count(failures, "failure")) in a row"
    }
}

extension BreakerHalfOpened {
    var sentence: String { "the quarantine of browser \(browser) was over: it is on probation" }
}

extension BreakerClosed {
    var sentence: String { "browser \(browser) passed its probation" }
}

extension BrowserSuspected {
    var sentence: String {
        "browser \(browser) was suspected, silent for \(Wording.seconds(nanoseconds: silentNs)) "
            + "(phi \(phiMilli / 1_000))"
    }
}

extension SuspicionCleared {
    var sentence: String {
        "browser \(browser) was heard of again after \(Wording.seconds(nanoseconds: silentNs))"
    }
}

extension BrowserRecycleDecided {
    var sentence: String {
        let why =
            switch reason {
            case .age: "it had been up for \(Wording.rounded(milliseconds: Double(ageMs)))"
            case .tasks: "it had completed \(Wording.count(runsCompleted, "run"))"
            case .predicted: "it was taken to be about to fail"
            case .memory: "it used \(memoryBytes / 1_048_576) MiB"
            case .copies:
                "a copy of a task waited for a browser without another copy of it, and the pool was full"
            }
        let what = reason == .copies ? "give way to another one" : "be started anew"
        return "browser \(browser) was to \(what): \(why)"
    }
}

extension FailurePredicted {
    var sentence: String {
        let why =
            switch rule {
            case .phi: "its last silence had phi \(phiMilli / 1_000)"
            case .model: "its signs spoke for a risk of \(riskMilli / 10) %"
            }
        return "browser \(browser) was taken to be about to fail: \(why)"
    }
}

extension PredictionWithdrawn {
    var sentence: String {
        "browser \(browser) was no longer taken to be about to fail, after "
            + Wording.seconds(nanoseconds: stoodNs)
    }
}
