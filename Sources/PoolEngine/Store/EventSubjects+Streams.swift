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
    /// What a record is about that was appended with these streams. Streams of other kinds say nothing.
    public init(of streams: [StreamID]) {
        self.init()
        for stream in streams {
            let sequence = UInt64(truncatingIfNeeded: stream.value)
            switch UInt64(exactly: stream.value >> 64).flatMap(SubjectKind.init) {
            case .task: task = TaskID(sequence)
            case .browser: browser = BrowserID(sequence)
            case .allocation: allocation = AllocationID(sequence)
            case .recovery: recovery = RecoveryID(sequence)
            case nil: break
            }
        }
    }

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
