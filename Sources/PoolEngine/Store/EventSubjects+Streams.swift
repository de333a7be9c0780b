import EventLog
import Pool

extension StreamID {
    /// The stream of an entity's events: the high 64 bits are the number of its kind, the low ones its id.
    public init(_ kind: SubjectKind, _ sequence: UInt64) {
        self.init(UInt128(kind.rawValue) << 64 | UInt128(sequence))
    }

    /// Everything about a task.
    public init(_ task: TaskID) { self.init(.task, task.sequence) }
    /// Everything about a browser.
    public init(_ browser: BrowserID) { self.init(.browser, browser.sequence) }
    /// Everything about an allocation.
    public init(_ allocation: AllocationID) { self.init(.allocation, allocation.sequence) }
    /// Everything about a recovery.
    public init(_ recovery: RecoveryID) { self.init(.recovery, recovery.sequence) }
}

extension EventSubjects {
    /// The streams that the event belongs to, in the order of their kinds.
    public var streams: [StreamID] {
        var streams: [StreamID] = []
        if let task { streams.append(StreamID(task)) }
        if let browser { streams.append(StreamID(browser)) }
        if let allocation { streams.append(StreamID(allocation)) }
        if let recovery { streams.append(StreamID(recovery)) }
        return streams
    }
}
