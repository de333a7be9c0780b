/// A task: the sequence number of its `task_submitted`.
public struct TaskID: EntityID {
    public let sequence: UInt64
    public init(_ sequence: UInt64) { self.sequence = sequence }
}
