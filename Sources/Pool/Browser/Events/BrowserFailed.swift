/// A usable browser failed.
public struct BrowserFailed: EventMessage {
    public static let number = 18
    public static let name: StaticString = "browser_failed"

    /// The browser.
    public var browser: BrowserID
    /// The incarnation that failed.
    public var incarnation: IncarnationID
    /// What was seen.
    public var evidence: Evidence
    /// The same in words.
    public var detail: String
    /// True when the browser process is known to have ended.
    public var processEnded: Bool
    /// Exit status, if the process exited by itself.
    public var exitStatus: UInt32
    /// Signal that ended the process, if one did.
    public var signal: UInt32
    /// The last lines that the process wrote to its standard error.
    public var stderrTail: [String]

    public init(
        browser: BrowserID = BrowserID(0),
        incarnation: IncarnationID = IncarnationID(0),
        evidence: Evidence = .processExited,
        detail: String = "",
        processEnded: Bool = false,
        exitStatus: UInt32 = 0,
        signal: UInt32 = 0,
        stderrTail: [String] = []
    ) {
        self.browser = browser
        self.incarnation = incarnation
        self.evidence = evidence
        self.detail = detail
        self.processEnded = processEnded
        self.exitStatus = exitStatus
        self.signal = signal
        self.stderrTail = stderrTail
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.identifier(1, "browser", &browser)
        visitor.identifier(2, "incarnation", &incarnation)
        visitor.choice(3, "evidence", &evidence)
        visitor.string(4, "detail", &detail)
        visitor.bool(5, "process_ended", &processEnded)
        visitor.uint(6, "exit_status", &exitStatus)
        visitor.uint(7, "signal", &signal)
        visitor.strings(8, "stderr_tail", &stderrTail)
    }

    public var payload: EventPayload { .browserFailed(self) }
}
