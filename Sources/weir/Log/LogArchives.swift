import EventLog
import Foundation

/// The archives in a log's folder, found by their names: `<first>-<last>.weirlog`.
struct LogArchives {
    /// One archive.
    struct Archive {
        var path: String
        var events: ClosedRange<UInt64>
    }

    private let folder: String
    /// All of them, in the order of their events.
    let archives: [Archive]

    init(of reader: EventLogReader) {
        let folder = reader.path + "/archives"
        self.folder = folder
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        archives = names.sorted().compactMap { name in
            let parts = name.split(separator: ".")
            let ends = parts.first?.split(separator: "-").compactMap { UInt64($0) } ?? []
            guard parts.count == 2, parts[1] == "weirlog", ends.count == 2, ends[0] <= ends[1] else {
                return nil
            }
            return Archive(path: folder + "/" + name, events: ends[0]...ends[1])
        }
    }

    /// The name of the archive that takes the events behind `base` up to `last`.
    static func name(base: UInt64, last: UInt64) -> String {
        func digits(_ number: UInt64) -> String {
            let text = "\(number)"
            return String(repeating: "0", count: max(0, 20 - text.count)) + text
        }
        return "\(digits(base + 1))-\(digits(last)).weirlog"
    }

    /// Why an event that was moved is not shown, and where it is.
    func missing(_ sequence: UInt64) -> UsageError {
        guard let archive = archives.first(where: { $0.events.contains(sequence) }) else {
            return UsageError(
                "event \(sequence) was moved to an archive, which is not in \(folder) any more")
        }
        return UsageError(
            "event \(sequence) was moved to the archive \(archive.path);\n"
                + "to look at it, import that: weir log import \(archive.path) --log DIR")
    }

    /// One line for who sees the rest of a log.
    func note(_ base: UInt64) -> String {
        "events 1 to \(base), and what had ended by then, are in \(archives.isEmpty ? "an archive" : folder)"
    }
}
