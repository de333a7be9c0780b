/// A fault is about to be done to a browser on purpose. What comes of it is told by what follows, as of any other fault.
public struct FaultInjected: EventMessage {
    public static let number = 37
    public static let name: StaticString = "fault_injected"

    /// What is done.
    public var fault: InjectedFault
    /// The browser.
    public var browser: BrowserID
    /// Its incarnation.
    public var incarnation: IncarnationID
    /// The process that it is done to; 0 when it is done through the browser.
    public var pid: UInt32
    /// The method of the browser's protocol that does it; empty when it is done to a process or the pipe.
    public var method: String
    /// What is done, in words.
    public var detail: String

    public init(
        fault: InjectedFault = .browserKilled,
        browser: BrowserID = BrowserID(0),
        incarnation: IncarnationID = IncarnationID(0),
        pid: UInt32 = 0,
        method: String = "",
        detail: String = ""
    ) {
        self.fault = fault
        self.browser = browser
        self.incarnation = incarnation
        self.pid = pid
        self.method = method
        self.detail = detail
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.choice(1, "fault", &fault)
        visitor.identifier(2, "browser", &browser)
        visitor.identifier(3, "incarnation", &incarnation)
        visitor.uint(4, "pid", &pid)
        visitor.string(5, "method", &method)
        visitor.string(6, "detail", &detail)
    }

    public var payload: EventPayload { .faultInjected(self) }
}
