import LogWorkload
import Measuring

/// Many writers at once: what group commit gives.
struct WritersSection {
    let options: Options
    let workspace: Workspace
    let mix: EventMix

    private static let payloadBytes = 200
    private static let batches = [1, 100]
    /// Each of SQLite's writers is a thread with a connection.
    private static let sqliteThreadsMost = 64

    func run() throws {
        Report.section(
            "Concurrent writers",
            "Events of \(Self.payloadBytes) bytes. Weir: tasks that each append a step and wait. C LMDB: one thread, the "
                + "same steps, as many in a transaction as Weir's commits held on average in the same round. SQLite: "
                + "threads with a connection each, at most \(Self.sqliteThreadsMost).")
        Report.header([
            "writers × events", "Weir events/s", "events per commit", "C LMDB events/s", "Weir ÷ it",
            "SQLite events/s", "Weir ÷ it",
        ])
        for writers in options.writers {
            for batch in Self.batches where options.batches.contains(batch) {
                try cell(writers: writers, batch: batch)
            }
        }
    }

    /// Whether Weir is compared with a contestant; it is measured in any case, since it says how large commits are.
    private func isWanted(_ contestant: String) -> Bool {
        options.only.isEmpty || options.only.contains(contestant)
    }

    private func cell(writers: Int, batch: Int) throws {
        try workspace.withFolder("writers") { folder in
            let size = Self.payloadBytes
            let weir = try WeirLog(
                folder: Workspace.folder("weir", in: folder), mix: mix, payloadBytes: size)
            defer { weir.close() }
            let indexed = try IndexedLMDB(
                folder: Workspace.folder("indexed", in: folder), mix: mix, payloadBytes: size)
            defer { indexed.close() }
            let sqliteFolder = try Workspace.folder("sqlite", in: folder)
            let sqlite = try SQLite(folder: sqliteFolder, mix: mix, payloadBytes: size)
            defer { sqlite.close() }
            sqlite.group.prepare(first: 1, batch: batch)

            var rates: (weir: [Double], indexed: [Double], sqlite: [Double]) = ([], [], [])
            var perCommit: [Double] = []
            for round in 0..<options.rounds {
                let (turn, commits) = try weir.contend(
                    writers: writers, batch: batch, seconds: options.seconds)
                rates.weir.append(turn.eventsPerSecond)
                perCommit.append(Double(turn.events) / Double(commits))
                let steps = max(1, Int((Double(turn.events) / Double(commits * batch)).rounded()))
                for offset in 0..<2 {
                    if (offset + round) % 2 == 0 {
                        guard isWanted("lmdb") else { continue }
                        let bound = Bound(seconds: options.seconds)
                        let turn = try indexed.turn(
                            steps: steps, batch: batch, writers: writers, until: bound)
                        rates.indexed.append(turn.eventsPerSecond)
                    } else if isWanted("sqlite") {
                        let turn = try SQLite.contend(
                            folder: sqliteFolder, group: sqlite.group,
                            threads: min(writers, Self.sqliteThreadsMost), seconds: options.seconds)
                        rates.sqlite.append(turn.eventsPerSecond)
                    }
                }
            }
            Report.row([
                "\(writers) × \(batch)", Report.rate(rates.weir),
                Report.digits(Samples(perCommit).median), Report.rate(rates.indexed),
                Report.ratio(rates.weir, to: rates.indexed), Report.rate(rates.sqlite),
                Report.ratio(rates.weir, to: rates.sqlite),
            ])
        }
    }
}
