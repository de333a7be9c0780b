/// The kinds of entity that events are filed under. The numbers stand in every stored record, so they never change.
public enum SubjectKind: UInt64, Sendable, CaseIterable {
    /// A task.
    case task = 1
    /// A browser.
    case browser = 2
    /// An allocation.
    case allocation = 3
    /// A recovery.
    case recovery = 4
}
