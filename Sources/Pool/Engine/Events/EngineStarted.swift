/// An engine began to append. Every obligation of the engine before is void.
public struct EngineStarted: EventMessage {
    public static let number = 10
    public static let name: StaticString = "engine_started"

    /// Version of Weir.
    public var version: String
    /// Decision revision: within one, the same observations give the same decisions.
    public var revision: UInt32
    /// Name of the host.
    public var host: String
    /// Process id of the engine.
    public var pid: UInt32
    /// The log's 128-bit id.
    public var logID: [UInt8]
    /// True when the executor is a simulator.
    public var simulated: Bool
    /// True when unfinished tasks wait until their owner resumes them.
    public var holdTasks: Bool

    public init(
        version: String = "",
        revision: UInt32 = 0,
        host: String = "",
        pid: UInt32 = 0,
        logID: [UInt8] = [],
        simulated: Bool = false,
        holdTasks: Bool = false
    ) {
        self.version = version
        self.revision = revision
        self.host = host
        self.pid = pid
        self.logID = logID
        self.simulated = simulated
        self.holdTasks = holdTasks
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.string(1, "version", &version)
        visitor.uint(2, "revision", &revision)
        visitor.string(3, "host", &host)
        visitor.uint(4, "pid", &pid)
        visitor.bytes(5, "log_id", &logID)
        visitor.bool(6, "simulated", &simulated)
        visitor.bool(7, "hold_tasks", &holdTasks)
    }

    public var payload: EventPayload { .engineStarted(self) }
}
