import LogWorkload
import Measuring

/// How long it takes from the opening of a log until the state of its pool is there.
struct OpenSection {
    let options: Options
    let workspace: Workspace

    /// Tasks that are simulated to learn how many events a task has.
    private static let sampleTasks = 1000
    /// How far the snapshot is behind, in events: as far as it may be when one is taken every 65,536.
    private static let tailEvents = 65_536

    func run() throws {
        let sample = try workspace.withFolder("sample") {
            try PoolHistory.write(tasks: Self.sampleTasks, to: $0)
        }
        try workspace.withFolder("open") { folder in
            let events = try PoolHistory.write(
                tasks: max(1, options.openEvents / (sample / Self.sampleTasks)), to: folder)
            let snapshot = max(1, events - Self.tailEvents)
            try WeirFold.saveSnapshot(folder: folder, at: snapshot)
            Report.section(
                "Open",
                "The log of a simulated pool, \(events) events; milliseconds until it is open for writing and the "
                    + "pool's state is there. The snapshot is \(events - snapshot) events behind.")
            Report.header(["", "file not in the page cache", "in the page cache"])
            for (name, position) in [("without a snapshot", 0), ("with a snapshot", snapshot)] {
                var cold: [Double] = []
                var cached: [Double] = []
                for _ in 0..<options.readRounds {
                    _ = try dropCache(of: StoredWeirLog.file(in: folder))
                    cold.append(
                        Double(try WeirFold.open(folder: folder, snapshot: position, expecting: events)))
                    cached.append(
                        Double(try WeirFold.open(folder: folder, snapshot: position, expecting: events)))
                }
                Report.row([
                    name, Report.milliseconds(Samples(cold).median),
                    Report.milliseconds(Samples(cached).median),
                ])
            }
        }
    }
}
