import Pool
import Projections

/// One of the figures that pools are compared by.
struct Figure: Sendable {
    enum Unit: String, Sendable {
        case count
        case ns
    }

    /// What people read.
    let label: String
    /// What programs read.
    let name: String
    let unit: Unit
    /// Its value; nil where there is nothing to take it from.
    let value: @Sendable (PoolFigures) -> UInt64?

    private init(
        _ label: String, _ name: String, _ unit: Unit = .count,
        _ value: @escaping @Sendable (PoolFigures) -> UInt64?
    ) {
        self.label = label
        self.name = name
        self.unit = unit
        self.value = value
    }

    /// All of them, in the order in which they are shown.
    static let all: [Figure] = ends + items + recoveries + browsers + times

    private static let ends =
        [TaskStatus.succeeded, .failed, .timedOut, .cancelled].map { status in
            Figure(
                "tasks " + status.rawValue.replacing("_", with: " "), "tasks_" + status.rawValue
            ) { UInt64($0.ended(status)) }
        } + [Figure("tasks unfinished", "tasks_unfinished") { UInt64($0.unfinished) }]

    private static let items = [
        Figure("items with a result", "items_done") { $0.itemsDone },
        Figure("items run again, at most", "items_run_again_at_most") { $0.itemsRunAgain },
        Figure("time lost to failures", "lost_ns", .ns) { $0.lostNs },
    ]

    private static let recoveries = RecoveryStrategy.fixed.flatMap { strategy in
        let (label, name) = (strategy.name.description, "recoveries_\(strategy.name)")
        return [
            Figure("\(label) recoveries", name) { UInt64($0.recoveries(by: strategy).began) },
            Figure("  committed", name + "_committed") { UInt64($0.recoveries(by: strategy).committed) },
            Figure("  rolled back", name + "_rolled_back") { UInt64($0.recoveries(by: strategy).rolledBack) },
        ]
    }

    private static let browsers = [
        Figure("browsers launched", "browsers_launched") { UInt64($0.launches) },
        Figure("launches failed", "launches_failed") { UInt64($0.failedLaunches) },
        Figure("pool time of browsers", "browser_ns", .ns) { $0.browserNs },
    ]

    private static let times =
        quantiles("queue wait", "queue_wait", \.queueWaits) + quantiles("task time", "task_time", \.taskTimes)
        + [Figure("time in all", "elapsed_ns", .ns) { $0.elapsedNs }]

    private static func quantiles(
        _ label: String, _ name: String, _ path: any KeyPath<PoolFigures, Quantiles> & Sendable
    ) -> [Figure] {
        [50, 90, 99].map { percent in
            Figure("\(label), p\(percent)", "\(name)_p\(percent)_ns", .ns) {
                $0[keyPath: path].value(percent: percent)
            }
        }
    }
}

/// What a figure is over several runs.
struct FigureRange: Equatable {
    let median: UInt64
    let least: UInt64
    let most: UInt64

    /// Nil when none of the runs has it.
    init?(_ figure: Figure, over runs: [PoolFigures]) {
        let values = Quantiles(runs.compactMap(figure.value))
        guard let median = values.value(percent: 50), let most = values.value(percent: 100),
            let least = runs.compactMap(figure.value).min()
        else { return nil }
        self.median = median
        self.least = least
        self.most = most
    }
}
