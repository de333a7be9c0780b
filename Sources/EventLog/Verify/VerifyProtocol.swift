/// The lines that a verifying child process writes and its parent reads.
///
/// `progress <last good> <commits>`, then one of `report <records> <commits> <last good> <first bad or -> <chain
/// or -> <altered blobs, comma-separated, or -> <problem, to the end of the line, or nothing>` and
/// `failed <message>`.
enum VerifyLine: Equatable {
    case progress(VerifyProgress)
    case report(VerifyReport)
    case failed(String)

    private static let none = "-"
    /// So many altered blobs are named; a line has to end.
    private static let blobsLimit = 64

    var text: String {
        switch self {
        case .progress(let progress): return "progress \(progress.lastGood) \(progress.commits)\n"
        case .report(let report):
            let blobs = report.alteredBlobs.prefix(Self.blobsLimit).map(\.description).joined(separator: ",")
            let fields = [
                "report", "\(report.records)", "\(report.commits)", "\(report.lastGood)",
                report.firstBad.map { "\($0)" } ?? Self.none,
                report.chain.isEmpty ? Self.none : Hexadecimal.text(of: report.chain),
                blobs.isEmpty ? Self.none : blobs, Self.oneLine(report.problem ?? ""),
            ]
            return fields.joined(separator: " ") + "\n"
        case .failed(let message): return "failed \(Self.oneLine(message))\n"
        }
    }

    /// The line that `text`, without its end, spells; nil for anything else.
    init?(parsing text: String) {
        let fields = text.split(separator: " ", maxSplits: 7, omittingEmptySubsequences: false)
        switch fields.first {
        case "progress":
            guard fields.count == 3, let lastGood = UInt64(fields[1]), let commits = UInt64(fields[2]) else {
                return nil
            }
            self = .progress(VerifyProgress(lastGood: lastGood, commits: commits))
        case "report":
            guard fields.count == 8, let records = UInt64(fields[1]), let commits = UInt64(fields[2]),
                let lastGood = UInt64(fields[3])
            else { return nil }
            let chain = fields[5] == Self.none ? [] : Hexadecimal.bytes(of: String(fields[5]), count: 32)
            guard let chain else { return nil }
            self = .report(
                VerifyReport(
                    records: records, commits: commits, lastGood: lastGood, firstBad: UInt64(fields[4]),
                    problem: fields[7].isEmpty ? nil : String(fields[7]), chain: chain,
                    alteredBlobs: fields[6].split(separator: ",").compactMap {
                        BlobDigest(parsing: String($0))
                    }))
        case "failed":
            self = .failed(String(text.dropFirst("failed ".count)))
        default: return nil
        }
    }

    private static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).joined(separator: " ")
    }
}
