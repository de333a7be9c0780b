// What the event of an injected fault checks. It changes nothing: the state holds what was seen, not what was done.

extension FaultInjected: FoldedMessage {
    /// Method and detail.
    static var unfoldedFields: FieldSet { [.field(5), .field(6)] }
    func check(in state: PoolState) throws(Obstacle) {
        let place = try state.browsers.required(browser, "browser")
        try require(
            state.browsers[at: place].incarnation == incarnation && state.browsers[at: place].isUp,
            "incarnation \(incarnation) of browser \(browser) is not up")
    }
}
