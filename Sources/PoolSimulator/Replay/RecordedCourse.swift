import Pool

/// What became of the runs of a task, or of one of its copies: how long their items took, and what struck them.
struct RecordedCourse: Equatable, Sendable {
    /// Items that were reported together.
    struct Batch: Equatable, Sendable {
        var items: Range<UInt64>
        var backend: Backend
        /// Time since the report before.
        var durationNs: UInt64
        /// Time that the items took in the page, in milliseconds.
        var runMs: Double
    }

    /// How a run began.
    struct Start: Equatable, Sendable {
        var isCold: Bool
        var backend: Backend
        var start: RunStart
    }

    /// Outputs that are not those of the copies that carried the vote, or of the first copy where none did.
    struct Deviation: Equatable, Sendable {
        /// The first item that differs.
        var item: UInt64
        /// A number of its own, from 1, for each output that the copies of the task gave besides.
        var offBy: UInt64
    }

    /// In the order of their items.
    var batches: [Batch] = []
    /// In the order of the runs.
    var starts: [Start] = []
    /// Time from the last item's report to that of the whole run; nil without one.
    var completionNs: UInt64?
    /// In the order in which they struck.
    var faults: [RecordedFault] = []
    /// Nil where it is a copy of nothing, or differs from none.
    var deviation: Deviation?

    /// The part of a recorded batch from an item on, its time in proportion; nil when the item was never reported on
    /// that backend.
    func batch(from item: UInt64, on backend: Backend) -> Batch? {
        var (low, high) = (0, batches.count)
        while low < high {
            let middle = (low + high) / 2
            if batches[middle].items.upperBound <= item { low = middle + 1 } else { high = middle }
        }
        guard low < batches.count, batches[low].items.contains(item), batches[low].backend == backend else {
            return nil
        }
        return batches[low].suffix(from: item)
    }
}

extension RecordedCourse.Batch {
    /// What is left of it from one of its items on.
    func suffix(from item: UInt64) -> Self { scaled(to: items.upperBound - item, from: item) }

    /// So many items from another one on, at the same speed.
    func scaled(to count: UInt64, from item: UInt64) -> Self {
        let all = UInt64(items.count)
        guard count != all else {
            return Self(items: item..<item + count, backend: backend, durationNs: durationNs, runMs: runMs)
        }
        let (high, low) = durationNs.multipliedFullWidth(by: count)
        let (scaled, _) = all.dividingFullWidth((high % all, low))
        return Self(
            items: item..<item + count, backend: backend, durationNs: scaled,
            runMs: runMs * Double(count) / Double(all))
    }
}

/// Which of the recorded courses is meant.
struct CoursePlace: Hashable, Sendable {
    /// The place of its task.
    let task: Int
    /// Its place among those of its task.
    let course: Int
}

extension RecordedWorkload {
    /// The course at a place; one of which nothing is known where the task was never copied so often.
    func course(at place: CoursePlace) -> RecordedCourse {
        let courses = tasks[place.task].courses
        return place.course < courses.count ? courses[place.course] : RecordedCourse()
    }
}
