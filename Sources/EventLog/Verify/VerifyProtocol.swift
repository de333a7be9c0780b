/// The lines that a verifying child process writes and its parent reads.
///
/// `progress <last good> <records> <commits>`, then one of `report` with the fields of a report in their order, each without spaces
/// (`-` for none, digests comma-separated), the problem last and to the end of the line, and `failed <message>`.
enum VerifyLine: Equatable {
    case progress(VerifyProgress)
    case report(VerifyReport)
    case failed(String)

    private static let none = "-"
    /// So many blobs of a kind are named; a line has to end.
    private static let blobsLimit = 64

    var text: String {
        switch self {
        case .progress(let progress):
            return "progress \(progress.lastGood) \(progress.records) \(progress.commits)\n"
        case .report(let report):
            let fields = [
                "report", "\(report.records)", "\(report.base)", "\(report.commits)", "\(report.lastGood)",
                report.firstBad.map { "\($0)" } ?? Self.none,
                report.chain.isEmpty ? Self.none : Hexadecimal.text(of: report.chain),
                Self.list(report.alteredBlobs), Self.list(report.missingBlobs),
                Self.list(report.orphanedBlobs), "\(report.snapshots)", "\(report.archives)",
                Self.oneLine(report.problem ?? ""),
            ]
            return fields.joined(separator: " ") + "\n"
        case .failed(let message): return "failed \(Self.oneLine(message))\n"
        }
    }

    /// The line that `text`, without its end, spells; nil for anything else.
    init?(parsing text: String) {
        let fields = text.split(separator: " ", maxSplits: 12, omittingEmptySubsequences: false)
        switch fields.first {
        case "progress":
            guard fields.count == 4, let lastGood = UInt64(fields[1]), let records = UInt64(fields[2]),
                let commits = UInt64(fields[3])
            else { return nil }
            self = .progress(VerifyProgress(lastGood: lastGood, records: records, commits: commits))
        case "report":
            guard fields.count == 13, let records = UInt64(fields[1]), let base = UInt64(fields[2]),
                let commits = UInt64(fields[3]), let lastGood = UInt64(fields[4]),
                let snapshots = Int(fields[10]), let archives = Int(fields[11])
            else { return nil }
            let chain = fields[6] == Self.none ? [] : Hexadecimal.bytes(of: String(fields[6]), count: 32)
            guard let chain else { return nil }
            self = .report(
                VerifyReport(
                    records: records, base: base, commits: commits, lastGood: lastGood,
                    firstBad: UInt64(fields[5]), problem: fields[12].isEmpty ? nil : String(fields[12]),
                    chain: chain, alteredBlobs: Self.digests(fields[7]),
                    missingBlobs: Self.digests(fields[8]),
                    orphanedBlobs: Self.digests(fields[9]), snapshots: snapshots, archives: archives))
        case "failed":
            self = .failed(String(text.dropFirst("failed ".count)))
        default: return nil
        }
    }

    private static func list(_ digests: [BlobDigest]) -> String {
        digests.isEmpty ? none : digests.prefix(blobsLimit).map(\.description).joined(separator: ",")
    }

    private static func digests(_ text: Substring) -> [BlobDigest] {
        text.split(separator: ",").compactMap { BlobDigest(parsing: String($0)) }
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
