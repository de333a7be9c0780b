import LogWorkload
import Measuring

/// How long it takes from the opening of a log until the state of its pool is there.
struct OpenSection {
    let options: Options
    let workspace: Workspace

    /// Tasks that are simulated to learn how many events a task has.
    private static let sampleTasks = 1000

    func run() throws {
        let sample = try workspace.withFolder("sample") {
            try PoolHistory.write(tasks: Self.sampleTasks, to: $0)
        }
        try workspace.withFolder("open") { folder in
            let events = try PoolHistory.write(
                tasks: max(1, options.openEvents / (sample / Self.sampleTasks)), to: folder)
            Report.section(
                "Open",
                "The log of a simulated pool, \(events) events; milliseconds until its state is there.")
            var cold: [Double] = []
            var cached: [Double] = []
            for _ in 0..<options.readRounds {
                _ = try dropCache(of: StoredWeirLog.file(in: folder))
                cold.append(Double(try WeirFold.open(folder: folder, expecting: events)))
                cached.append(Double(try WeirFold.open(folder: folder, expecting: events)))
            }
            Report.header(["", "file not in the page cache", "in the page cache"])
            Report.row([
                "without a snapshot", Report.milliseconds(Samples(cold).median),
                Report.milliseconds(Samples(cached).median),
            ])
        }
    }
}
