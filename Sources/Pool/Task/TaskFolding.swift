// What the events of a task's life check and change.

extension TaskSubmitted: FoldedMessage {
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension TaskCancelRequested: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.tasks.require(task, "task") }
}

extension TaskResumeRequested: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.tasks.require(task, "task") }
    func fold(into state: inout PoolState, at event: EventStamp) { state.resumeGroup(of: task) }
}

extension BackendRefused: FoldedMessage {
    /// Reason.
    static var unfoldedFields: FieldSet { .field(3) }
    func check(in state: PoolState) throws(Obstacle) { try state.tasks.require(task, "task") }
    func fold(into state: inout PoolState, at event: EventStamp) { state.leaveQueue(task) }
}

extension TaskQueued: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.check(self) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self, at: event) }
}

extension TaskSuspended: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.checkIdle(task) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.suspend(task) }
}

extension RetryScheduled: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.check(self) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.evolve(self) }
}

extension TaskSucceeded: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.checkEnd(of: task) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.removeTask(task, asCopy: .voted) }
}

extension TaskFailed: FoldedMessage {
    /// Detail.
    static var unfoldedFields: FieldSet { .field(3) }
    func check(in state: PoolState) throws(Obstacle) { try state.checkEnd(of: task) }
    func fold(into state: inout PoolState, at event: EventStamp) {
        state.removeTask(task, failure: failure)
    }
}

extension TaskCancelled: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.checkEnd(of: task) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.removeTask(task) }
}

extension TaskTimedOut: FoldedMessage {
    func check(in state: PoolState) throws(Obstacle) { try state.checkEnd(of: task) }
    func fold(into state: inout PoolState, at event: EventStamp) { state.removeTask(task) }
}
