/// A lane of a browser given to a task: the sequence number of its `task_granted`. It is also the
/// fencing token of what runs there.
public struct AllocationID: EntityID {
    public let sequence: UInt64
    public init(_ sequence: UInt64) { self.sequence = sequence }
}
