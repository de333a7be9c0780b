/// Who appends: recorded in `engine_started`.
public struct EngineIdentity: Equatable, Sendable {
    /// Version of the program.
    public var version: String
    /// Name of the machine.
    public var host: String
    /// Process id of the engine.
    public var pid: UInt32
    /// True when the executor is a simulator.
    public var simulated: Bool

    public init(version: String, host: String, pid: UInt32, simulated: Bool) {
        self.version = version
        self.host = host
        self.pid = pid
        self.simulated = simulated
    }
}
