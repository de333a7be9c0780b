import ArgumentParser
import EventLog
import Foundation
import Pool
import PoolEngine

/// `weir log export`.
struct LogExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes the log as one file for other programs.",
        usage: "weir log export [--format FORMAT] [-o FILE] [--json] [--log DIR]",
        discussion: """
            The formats are protobuf (weir.v1.LogExportItem messages, each after its length), jsonl (one readable \
            JSON object a line) and cloudevents (CloudEvents 1.0 in JSON, one a line). All of them carry everything, \
            blobs included, so that weir log import makes the same log of any. Without -o, or with -o -, the export \
            goes to standard output.

            Example: weir log export --format jsonl | grep browser_failed
            """)

    @Option(name: .long, help: "protobuf, jsonl or cloudevents.")
    var format: ExportFormat = .jsonl
    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("The file to write; it must not exist.", valueName: "file"))
    var output: String = "-"
    @Flag(name: .long, help: "Print one JSON object on what was written; needs -o.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        if json, output == "-" { throw UsageError("--json needs -o FILE: standard output has the export") }
        let reader = try location.openForReading()
        defer { reader.close() }
        let file = try ExportFile(output)
        let progress = LiveProgress("exported", of: try reader.head())
        let report: ExportReport
        do {
            defer { progress.end() }
            report = try reader.export(
                format,
                describe: { record in
                    progress.show(record.sequence)
                    return RecordDescription(of: record)
                },
                write: { try file.write($0) })
            try file.finish()
        } catch {
            file.discard()
            throw error
        }
        if output == "-" { return }
        Terminal.print(json ? self.json(report) : text(report))
    }

    private func text(_ report: ExportReport) -> String {
        var lines = LabelledLines()
        lines.add("exported", "\(Format.count(report.records, "event")) to \(output)")
        if report.base > 0 { lines.add("", "from \(report.base + 1) on; those before are in archives") }
        lines.add("", "\(Format.bytes(report.bytes)), with \(Format.count(report.blobs, "blob"))")
        lines.add("chain", BytesReport.hexadecimal(report.chain))
        return lines.text
    }

    private func json(_ report: ExportReport) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("file")
            writer.quoted(output)
            writer.key("format")
            writer.quoted(format.rawValue)
            let numbers: [(String, UInt64)] = [
                ("base", report.base), ("last", report.last), ("events", report.records),
                ("commits", report.commits), ("blobs", UInt64(report.blobs)), ("bytes", report.bytes),
            ]
            for (key, value) in numbers {
                writer.key(key)
                writer.raw("\(value)")
            }
            writer.key("chain")
            writer.quoted(BytesReport.hexadecimal(report.chain))
        }
        return writer.string
    }
}

extension ExportFormat: ExpressibleByArgument {}

extension RecordDescription {
    /// What a record's event says; nil for a record that is no event.
    init?(of record: borrowing RecordView) {
        let sequence = record.sequence
        let event = record.payload.withUnsafeBytes { bytes in
            try? Event(sequence: sequence, decoding: bytes)
        }
        guard let event else { return nil }
        self.init(type: event.payload.name.description, json: EventLine.json(event))
    }
}
