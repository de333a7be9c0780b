import Pool

/// What is known of one task from outside: what it asked, and what became of its runs.
public struct RecordedTask: Equatable, Sendable {
    /// What was asked. Inputs that were stored apart are left out: nothing reads them again.
    public let spec: TaskSpec
    /// Whether it came to one of the four ends.
    public internal(set) var hasEnded = false
    /// What became of its runs; of a task that ran in copies, one course for each, in the order in which they were made.
    var courses = [RecordedCourse()]

    init(spec: TaskSpec) {
        var spec = spec
        if spec.inputs.digest != nil { spec.inputs = Payload(inline: Array("[]".utf8), sizeBytes: 2) }
        self.spec = spec
    }
}
