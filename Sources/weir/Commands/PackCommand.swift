import ArgumentParser
import EventLog
import Foundation
import Pool
import Projections

/// `weir pack`.
struct PackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pack",
        abstract: "Writes all that it takes to reproduce a failure as one file.",
        usage: """
            weir pack N -o FILE [--json] [--log DIR]
            weir pack --show FILE
            """,
        discussion: """
            N is an event that tells of a failure or that one led to, as for weir reproduce, which takes the file on \
            another machine. In it are the browser's facts and flags, the policy, the runs and their inputs, what \
            their models carried on, the events of the browser's process up to the failure, and the files of models \
            that are given by their path (a folder of kernels, an ONNX model). A model that is given by its name is \
            in it as its name and digest: the other machine must have it (weir model add). The form is the protobuf \
            message weir.v1.FailurePack.

            Example: weir pack 57 -o failure.pack
            """)

    @Argument(help: ArgumentHelp("The event's sequence number.", valueName: "n"))
    var sequence: UInt64?

    @Option(
        name: [.customShort("o"), .long],
        help: ArgumentHelp("The file to write; it must not exist.", valueName: "file"))
    var output: String?

    @Option(name: .long, help: ArgumentHelp("Print the events of a pack, one per line.", valueName: "file"))
    var show: String?

    @Flag(name: .long, help: "Print one JSON object.") var json = false
    @OptionGroup var location: LogLocation

    func run() async throws {
        if let show {
            guard sequence == nil, output == nil else { throw UsageError("--show goes with --json alone") }
            let source = try FailureSource(pack: show)
            defer { source.discard() }
            for event in source.events {
                Terminal.print(json ? EventLine.json(event) : EventLine.text(event))
            }
            return
        }
        guard let sequence, let output else {
            throw UsageError("weir pack takes the number of an event and -o FILE; see weir pack --help")
        }
        let reader = try location.openForReading()
        defer { reader.close() }
        let pack = try FailureSource(event: sequence, in: reader).pack()
        let bytes = pack.encoded()
        let file = try ExportFile(output)
        do {
            try file.write(bytes)
            try file.finish()
        } catch {
            file.discard()
            throw error
        }
        Terminal.print(json ? object(pack, bytes.count) : text(pack, bytes.count))
    }

    private func text(_ pack: FailurePack, _ size: Int) -> String {
        var lines = LabelledLines()
        let failure = pack.slice.failure
        lines.add("packed", "event \(failure.sequence), \(failure.name), to \(output ?? "")")
        lines.add(
            "",
            "\(Format.bytes(UInt64(size))): \(Format.count(pack.slice.runs.count, "run")), "
                + "\(Format.count(pack.events.count, "event")), \(Format.count(pack.blobs.count, "blob")), "
                + Format.count(pack.files.count, "model file"))
        let named = Set(pack.slice.runs.map(\.spec.model)).subtracting(pack.files.map(\.model)).sorted()
        if !named.isEmpty { lines.add("needs", named.joined(separator: ", ")) }
        return lines.text
    }

    private func object(_ pack: FailurePack, _ size: Int) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("file")
            writer.quoted(output ?? "")
            let numbers: [(String, Int)] = [
                ("bytes", size), ("runs", pack.slice.runs.count), ("events", pack.events.count),
                ("blobs", pack.blobs.count), ("files", pack.files.count),
            ]
            for (key, value) in numbers {
                writer.key(key)
                writer.raw("\(value)")
            }
            writer.key("failure")
            writer.raw(JSONWriter.object(pack.slice.failure))
        }
        return writer.string
    }
}
