import Pool
import PoolEngine
import Projections

/// The one line that a person watches while a task runs.
struct ProgressLine {
    private let task: TaskID
    private var tasks = TaskHistory()
    private var browsers = BrowserHistory()
    private var firstProgress: (at: EventTime, items: UInt64)?
    private var lastShown = EventTime.zero

    init(of task: TaskID) { self.task = task }

    /// Begins with everything that a log holds before an event: a resumed task and warm browsers are older than what
    /// a person watches.
    init(of task: TaskID, before event: Event, in source: some EventSource) throws {
        self.init(of: task)
        try source.forEachEvent(through: event.sequence - 1) { event, _ in fold(event) }
    }

    /// Folds an event of which nothing is shown: what there was before the person began to watch.
    mutating func fold(_ event: Event) {
        tasks.apply(event)
        browsers.apply(event)
    }

    /// Folds an event, and gives the line when it is time to show it again.
    mutating func line(after event: Event) -> String? {
        fold(event)
        guard let record = tasks[task] else { return nil }
        if case .runProgressed = event.payload, firstProgress == nil {
            firstProgress = (event.at, record.itemsDone)
        }
        guard event.at.nanoseconds(since: lastShown) > 100_000_000 else { return nil }
        lastShown = event.at
        var parts = [
            "task \(task) \(record.status.rawValue)", "\(record.itemsDone)/\(record.spec.itemsTotal) items",
        ]
        if let firstProgress, event.at > firstProgress.at {
            let seconds = Double(event.at.nanoseconds(since: firstProgress.at)) / 1e9
            parts.append("\(Format.fixed(Double(record.itemsDone - firstProgress.items) / seconds, 0))/s")
        }
        let states = browsers.browsers.filter { $0.status != .retired }.map {
            "browser \($0.id) \($0.status.rawValue)"
        }
        return (parts + states).joined(separator: "  ")
    }
}
