// What the events of predictions check and change.

extension FailurePredicted: FoldedMessage {
    /// All but the browser.
    static var unfoldedFields: FieldSet {
        [.field(2), .field(3), .field(4), .field(5), .field(6), .field(7), .field(8)]
    }
    func check(in state: PoolState) throws(Obstacle) {
        let place = try state.browsers.required(browser, "browser")
        try require(state.browsers[at: place].isUsable, "browser \(browser) is not usable")
    }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension PredictionWithdrawn: FoldedMessage {
    static var unfoldedFields: FieldSet { .field(2) }
    func check(in state: PoolState) throws(Obstacle) { try state.browsers.require(browser, "browser") }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self) }
}
