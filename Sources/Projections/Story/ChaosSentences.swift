import Pool

extension FaultInjected {
    var sentence: String {
        "a fault was to be done to browser \(browser) on purpose (\(Wording.words(fault)))"
            + Wording.detail(detail)
    }
}
