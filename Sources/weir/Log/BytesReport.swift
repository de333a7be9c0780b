import EventLog
import Pool

/// What a check of a log's bytes found, for people and for programs.
enum BytesReport {
    static func text(_ report: VerifyReport) -> String {
        var lines = LabelledLines()
        lines.add("events", "\(report.records) in \(Format.count(report.commits, "commit"))")
        if report.base > 0 { lines.add("archived", "events 1 to \(report.base)") }
        if let problem = report.problem {
            if let firstBad = report.firstBad { lines.add("first bad", "\(firstBad)") }
            lines.add("DAMAGED", problem)
            return lines.text
        }
        let kept = [Format.count(report.snapshots, "snapshot"), Format.count(report.archives, "archive")]
        lines.add("beside", kept.joined(separator: ", ") + ", all as they were written")
        if !report.orphanedBlobs.isEmpty {
            lines.add("orphaned", Format.count(report.orphanedBlobs.count, "blob") + " that no event names")
        }
        lines.add("chain", hexadecimal(report.chain))
        lines.add(line: "ok")
        return lines.text
    }

    static func json(_ report: VerifyReport) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("ok")
            writer.raw(report.ok ? "true" : "false")
            let numbers: [(String, UInt64)] = [
                ("base", report.base), ("events", report.records), ("commits", report.commits),
                ("last_good", report.lastGood), ("snapshots", UInt64(report.snapshots)),
                ("archives", UInt64(report.archives)),
            ]
            for (key, value) in numbers {
                writer.key(key)
                writer.raw("\(value)")
            }
            let blobs: [(String, [BlobDigest])] = [
                ("altered_blobs", report.alteredBlobs), ("missing_blobs", report.missingBlobs),
                ("orphaned_blobs", report.orphanedBlobs),
            ]
            for (key, digests) in blobs {
                writer.key(key)
                writer.raw("[" + digests.map { "\"\($0)\"" }.joined(separator: ",") + "]")
            }
            writer.key("chain")
            writer.quoted(hexadecimal(report.chain))
            if let problem = report.problem {
                writer.key("first_bad")
                writer.raw("\(report.firstBad ?? report.lastGood + 1)")
                writer.key("problem")
                writer.quoted(problem)
            }
        }
        return writer.string
    }

    /// Bytes in lower-case hexadecimal digits.
    static func hexadecimal(_ bytes: [UInt8]) -> String {
        bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
    }
}
