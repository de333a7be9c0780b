/// A run that was to be stopped has stopped.
public struct RunStopped: EventMessage {
    public static let number = 24
    public static let name: StaticString = "run_stopped"

    /// The stop that this answers.
    public var obligation: ObligationID
    /// The browser.
    public var browser: BrowserID

    public init(obligation: ObligationID = ObligationID(0), browser: BrowserID = BrowserID(0)) {
        self.obligation = obligation
        self.browser = browser
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "obligation", &obligation)
        visitor.identifier(2, "browser", &browser)
    }

    public var payload: EventPayload { .runStopped(self) }
}
