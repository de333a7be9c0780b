/// What an event is about: the entities whose stream it belongs to.
public struct EventSubjects: Hashable, Sendable {
    /// The task.
    public var task: TaskID?
    /// The browser.
    public var browser: BrowserID?
    /// The allocation.
    public var allocation: AllocationID?
    /// The recovery.
    public var recovery: RecoveryID?

    public init(
        task: TaskID? = nil, browser: BrowserID? = nil, allocation: AllocationID? = nil,
        recovery: RecoveryID? = nil
    ) {
        self.task = task
        self.browser = browser
        self.allocation = allocation
        self.recovery = recovery
    }

    /// The same, with what `others` adds where this says nothing.
    public func completed(by others: EventSubjects) -> EventSubjects {
        EventSubjects(
            task: task ?? others.task, browser: browser ?? others.browser,
            allocation: allocation ?? others.allocation, recovery: recovery ?? others.recovery)
    }
}
