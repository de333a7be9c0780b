/// A browser did not become usable; its process is gone.
public struct BrowserLaunchFailed: EventMessage {
    public static let number = 17
    public static let name: StaticString = "browser_launch_failed"

    /// The launch that this answers.
    public var obligation: ObligationID
    /// The browser.
    public var browser: BrowserID
    /// What was seen.
    public var evidence: Evidence
    /// The same in words.
    public var detail: String
    /// The last lines that the process wrote to its standard error.
    public var stderrTail: [String]

    public init(
        obligation: ObligationID = ObligationID(0),
        browser: BrowserID = BrowserID(0),
        evidence: Evidence = .processExited,
        detail: String = "",
        stderrTail: [String] = []
    ) {
        self.obligation = obligation
        self.browser = browser
        self.evidence = evidence
        self.detail = detail
        self.stderrTail = stderrTail
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "obligation", &obligation)
        visitor.identifier(2, "browser", &browser)
        visitor.choice(3, "evidence", &evidence)
        visitor.string(4, "detail", &detail)
        visitor.strings(5, "stderr_tail", &stderrTail)
    }

    public var payload: EventPayload { .browserLaunchFailed(self) }
}
