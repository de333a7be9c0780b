/// A model could not be brought into the page of an idle browser, which stays usable.
public struct PrepareFailed: EventMessage {
    public static let number = 26
    public static let name: StaticString = "prepare_failed"

    /// The preparation that this answers.
    public var obligation: ObligationID
    /// The browser.
    public var browser: BrowserID
    /// How.
    public var failure: RunFailure
    /// The same in words.
    public var detail: String

    public init(
        obligation: ObligationID = ObligationID(0),
        browser: BrowserID = BrowserID(0),
        failure: RunFailure = .modelMissing,
        detail: String = ""
    ) {
        self.obligation = obligation
        self.browser = browser
        self.failure = failure
        self.detail = detail
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "obligation", &obligation)
        visitor.identifier(2, "browser", &browser)
        visitor.choice(3, "failure", &failure)
        visitor.string(4, "detail", &detail)
    }

    public var payload: EventPayload { .prepareFailed(self) }
}
