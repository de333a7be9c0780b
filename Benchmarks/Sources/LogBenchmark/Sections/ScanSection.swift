import CLogBaselines
import LogWorkload
import Measuring

/// Reading all records of a log, in order: by Weir, and by a cursor in C of a file that has each in an entry of its own.
struct ScanSection {
    let options: Options
    let workspace: Workspace
    let mix: EventMix

    private static let payloadBytes = 200
    private static let batch = 100

    func run() throws {
        let events = options.scanEvents
        Report.section(
            "Scan",
            "A log of \(events) events of \(Self.payloadBytes) bytes, appended in steps of \(Self.batch), and the same "
                + "records in a file of C LMDB, one in each entry. Cold: a fresh map of a file that the page cache does "
                + "not hold; mapped: a fresh map of one that it holds; warm: the same map again. Millions of events per "
                + "second.")
        try workspace.withFolder("scan") { folder in
            let weirFolder = try Workspace.folder("weir", in: folder)
            let log = try WeirLog(folder: weirFolder, mix: mix, payloadBytes: Self.payloadBytes)
            do {
                defer { log.close() }
                try log.fill(events: events, batch: Self.batch)
            }
            let copy = try RecordsCopy(of: weirFolder, in: Workspace.folder("copy", in: folder))
            let weirFile = StoredWeirLog.file(in: weirFolder)
            try compare(
                events: events, rounds: options.readRounds,
                [
                    ("Weir, unchecked", weirFile, { try weir(weirFolder, checking: false, passes: $0) }),
                    ("Weir, checked", weirFile, { try weir(weirFolder, checking: true, passes: $0) }),
                    ("C cursor, moves only", copy.file, { try copy.scan(touches: false, passes: $0) }),
                    ("C cursor, touches every byte", copy.file, { try copy.scan(touches: true, passes: $0) }),
                ])
        }
    }

    private func weir(_ folder: String, checking: Bool, passes: Int) throws -> [UInt64] {
        try StoredWeirLog.scan(
            folder: folder, checking: checking, passes: passes, expecting: options.scanEvents)
    }

    private func compare(
        events: Int, rounds: Int,
        _ all: [(title: String, file: String, passes: (Int) throws -> [UInt64])]
    ) throws {
        // By contestant, then kind of pass, then round.
        var rates = all.map { _ in [[Double]](repeating: [], count: 3) }
        var resident = 0.0
        for round in 0..<rounds {
            for offset in all.indices {
                let index = (offset + round) % all.count
                resident = max(resident, try dropCache(of: all[index].file))
                let cold = try all[index].passes(1)
                let cached = try all[index].passes(2)
                for (kind, nanoseconds) in (cold + cached).enumerated() {
                    rates[index][kind].append(Double(events) / Double(nanoseconds) * 1e3)
                }
            }
        }
        Report.header([
            "", "cold", "mapped", "warm", "Weir unchecked ÷ it, cold", "mapped", "warm",
        ])
        for (index, contestant) in all.enumerated() {
            Report.row(
                [contestant.title] + rates[index].map { Report.digits(Samples($0).median) }
                    + rates[index].indices.map { Report.ratio(rates[0][$0], to: rates[index][$0]) })
        }
        if resident > 0.01 {
            say(
                "\nThe page cache kept up to \((resident * 100).rounded(to: 0)) % of the file: cold is not cold."
            )
        }
    }
}

/// Has the page cache forget a file that is not open.
///
/// - Returns: The share of the file that it still holds.
func dropCache(of path: String) throws -> Double {
    var resident = 0.0
    try check(clb_drop_cache(path, &resident))
    return resident
}
