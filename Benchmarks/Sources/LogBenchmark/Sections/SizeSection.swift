import CLogBaselines
import LogWorkload
import Measuring

/// What an event takes on disk.
struct SizeSection {
    let options: Options
    let workspace: Workspace
    let mix: EventMix

    func run() throws {
        Report.section(
            "Bytes on disk per event",
            "Allocated blocks of all files of a closed log. Weir's records and those of C LMDB and of the raw file have "
                + "a header of \(CLB_HEADER_BYTES) bytes and two streams of \(CLB_STREAM_BYTES); SQLite stores one "
                + "stream and indexes none.")
        Report.header([
            "bytes × events per step", WeirLog.title, IndexedLMDB.title, RecordsLMDB.title, SQLite.title,
            RawFile.title,
        ])
        for size in options.sizes {
            for batch in options.batches { try cell(size: size, batch: batch) }
        }
    }

    private func cell(size: Int, batch: Int) throws {
        // Enough for a file to grow beyond what it begins with.
        let events = max(batch * 10, min(options.scanEvents / 10, batch * 5_000))
        try workspace.withFolder("size") { folder in
            func bytes(_ name: String, _ make: (String) throws -> any Contestant) throws -> String {
                let place = try Workspace.folder(name, in: folder)
                let contestant = try make(place)
                let bound = Bound(seconds: 0, commitsLeast: events / batch)
                let turn: Turn
                do {
                    defer { contestant.close() }
                    turn = try contestant.turn(batch: batch, until: bound)
                }
                return Report.digits(Double(try Workspace.diskBytes(of: place)) / Double(turn.events))
            }
            Report.row([
                "\(size) × \(batch)",
                try bytes("weir") { try WeirLog(folder: $0, mix: mix, payloadBytes: size) },
                try bytes("indexed") { try IndexedLMDB(folder: $0, mix: mix, payloadBytes: size) },
                try bytes("records") { try RecordsLMDB(folder: $0, mix: mix, payloadBytes: size) },
                try bytes("sqlite") { try SQLite(folder: $0, mix: mix, payloadBytes: size) },
                try bytes("file") { try RawFile(folder: $0, mix: mix, payloadBytes: size) },
            ])
        }
    }
}
