// What the events of a browser's life check and change.

extension BrowserLaunchDecided: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.check(self) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension BrowserLaunched: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) {
        try state.checkAnswer(to: obligation, .launch, on: browser)
    }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension BrowserLaunchFailed: FoldedMessage {
    /// Detail and stderr_tail.
    static var unfoldedFields: FieldSet { [.field(4), .field(5)] }
    func check(in state: PoolState) throws(Obstacle) {
        try state.checkAnswer(to: obligation, .launch, on: browser)
    }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self) }
}

extension LaunchRetryScheduled: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) {
        try require(dueAt > .zero, "it has no time that it is due")
    }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self) }
}

extension BrowserFailed: FoldedMessage {
    /// Detail and stderr_tail.
    static var unfoldedFields: FieldSet { [.field(4), .field(8)] }
    func check(in state: PoolState) throws(Obstacle) { try state.browsers.require(browser, "browser") }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension BrowserCloseDecided: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.browsers.require(browser, "browser") }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension BrowserClosed: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) {
        try state.checkAnswer(to: obligation, .close, on: browser)
    }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self) }
}

extension BrowserRetired: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.check(self) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.removeBrowser(browser) }
}

extension MetricsSampled: FoldedMessage {
    /// All but the browser and its memory.
    static var unfoldedFields: FieldSet {
        [
            .field(2), .field(3), .field(4), .field(5), .field(6), .field(7), .field(8), .field(9),
            .field(11),
        ]
    }
    func check(in state: PoolState) throws(Obstacle) { try state.browsers.require(browser, "browser") }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self) }
}

extension BrowserRecycleDecided: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) {
        let place = try state.browsers.required(browser, "browser")
        try require(state.browsers[at: place].isUsable, "browser \(browser) is not usable")
    }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self) }
}

extension BrowserHeartbeat: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.browsers.require(browser, "browser") }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension BreakerOpened: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.browsers.require(browser, "browser") }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension BreakerHalfOpened: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.browsers.require(browser, "browser") }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension BreakerClosed: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.browsers.require(browser, "browser") }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension BrowserSuspected: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.browsers.require(browser, "browser") }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension SuspicionCleared: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.browsers.require(browser, "browser") }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}
