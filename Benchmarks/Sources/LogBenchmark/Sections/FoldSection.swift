import LogWorkload
import Measuring

/// Reading and folding the log of a pool, compared with a mere reading of its bytes.
struct FoldSection {
    let options: Options
    let workspace: Workspace

    func run() throws {
        try workspace.withFolder("fold") { folder in
            let log = try Workspace.folder("weir", in: folder)
            let events = try PoolHistory.write(tasks: options.foldTasks, to: log)
            let copy = try RecordsCopy(of: log, in: Workspace.folder("copy", in: folder))
            try compare(log: log, copy, events: events)
        }
    }

    private func compare(log: String, _ copy: RecordsCopy, events: Int) throws {
        Report.section(
            "Fold",
            "The log of a simulated pool of \(options.foldTasks) tasks, \(events) events: read, decoded and folded into "
                + "the pool's state; and the same records in a file of C LMDB, one in each entry. Passes as for the scan; millions of events per second."
        )
        // By kind of pass, then round.
        var folds = [[Double]](repeating: [], count: 3)
        var scans = folds
        for round in 0..<options.readRounds {
            for offset in 0..<2 {
                let isFold = (offset + round) % 2 == 0
                _ = try dropCache(of: isFold ? StoredWeirLog.file(in: log) : copy.file)
                func passes(_ count: Int) throws -> [UInt64] {
                    try isFold
                        ? WeirFold.fold(folder: log, passes: count, expecting: events)
                        : copy.scan(touches: true, passes: count)
                }
                let cold = try passes(1)
                for (kind, nanoseconds) in (try cold + passes(2)).enumerated() {
                    let rate = Double(events) / Double(nanoseconds) * 1e3
                    if isFold { folds[kind].append(rate) } else { scans[kind].append(rate) }
                }
            }
        }
        Report.header(["", "cold", "mapped", "warm"])
        Report.row(["Weir, state folded"] + folds.map { Report.digits(Samples($0).median) })
        Report.row(["C cursor, touches every byte"] + scans.map { Report.digits(Samples($0).median) })
        Report.row(["Weir ÷ C"] + folds.indices.map { Report.ratio(folds[$0], to: scans[$0]) })
    }
}
