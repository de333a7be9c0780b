/// What must be true before an event of a browser's life can happen.
extension PoolState {
    func check(_ decided: BrowserLaunchDecided) throws(Obstacle) {
        guard let id = decided.browser else { return }
        let phase = browsers[at: try browsers.required(id, "browser")].phase
        try require(phase == .failed, "browser \(id) may be alive: it is \(phase.name)")
    }

    func check(_ retired: BrowserRetired) throws(Obstacle) {
        let browser = browsers[at: try browsers.required(retired.browser, "browser")]
        try require(browser.allocations.isEmpty, "browser \(browser.id) has an allocation")
        try require(
            browser.obligation == nil && browser.preparing == nil && browser.stops.isEmpty,
            "something is owed on browser \(browser.id)")
    }
}
