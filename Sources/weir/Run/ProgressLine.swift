import Pool
import PoolEngine
import Projections

/// The one line that a person watches while tasks run.
struct ProgressLine {
    private let watched: [TaskID]
    private var tasks = TaskHistory()
    private var browsers = BrowserHistory()
    private var firstProgress: (at: EventTime, items: UInt64)?
    private var lastShown = EventTime.zero

    init(of tasks: [TaskID]) { watched = tasks }

    /// Begins with everything that a log holds before an event: a resumed task and warm browsers are older than what
    /// a person watches.
    init(of tasks: [TaskID], before event: Event, in source: some EventSource) throws {
        self.init(of: tasks)
        let before = event.sequence - 1
        self.tasks = try source.projected(TaskHistory.self, through: before)
        browsers = try source.projected(BrowserHistory.self, through: before)
    }

    /// Folds an event of which nothing is shown: what there was before the person began to watch.
    mutating func fold(_ event: Event) {
        tasks.apply(event)
        browsers.apply(event)
    }

    /// Folds an event, and gives the line when it is time to show it again.
    mutating func line(after event: Event) -> String? {
        fold(event)
        let records = watched.compactMap { tasks[$0] }
        guard let record = records.first(where: { !$0.status.isTerminal }) ?? records.last else { return nil }
        let done = records.reduce(0) { $0 + $1.itemsDone }
        if case .runProgressed = event.payload, firstProgress == nil {
            firstProgress = (event.at, done)
        }
        guard event.at.nanoseconds(since: lastShown) > 100_000_000 else { return nil }
        lastShown = event.at
        var parts = [
            "task \(record.id) \(record.status.rawValue)",
            "\(record.itemsDone)/\(record.spec.itemsTotal) items",
        ]
        if let firstProgress, event.at > firstProgress.at {
            let seconds = Double(event.at.nanoseconds(since: firstProgress.at)) / 1e9
            parts.append("\(Format.fixed(Double(done - firstProgress.items) / seconds, 0))/s")
        }
        if records.count > 1 {
            parts.insert("\(records.count(where: \.status.isTerminal))/\(records.count) tasks", at: 0)
        }
        let states = browsers.browsers.filter { $0.status != .retired }.map {
            "browser \($0.id) \($0.status.rawValue)"
        }
        return (parts + states).joined(separator: "  ")
    }
}
