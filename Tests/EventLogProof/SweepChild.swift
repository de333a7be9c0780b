import EventLog
import Glibc

/// The child that changes one byte of a closed log at a time, and says what reading, or verifying, makes of it.
///
/// A case can end the process; the parent then mends the file and another child goes on behind it.
struct SweepChild {
    enum Mode: String {
        case read
        case verify
    }

    private let folder: String
    private let mode: Mode
    private let stride: Int
    private let first: Int

    init(_ arguments: Arguments) {
        folder = arguments.text("--log") ?? ""
        mode = arguments.text("--mode").flatMap(Mode.init) ?? .read
        stride = arguments.count("--stride", default: 1)
        first = arguments.count("--first-case", default: 0)
    }

    func run() throws {
        let path = folder + "/data.mdb"
        let cases = SweepCase.all(fileBytes: FileTree.content(of: path).count, stride: stride)
        for (index, change) in cases.enumerated().dropFirst(first) {
            try Self.change(path, change)
            say("\(index) \(mode == .read ? reading() : verifying())")
            try Self.change(path, change)
        }
    }

    /// Makes a change, or takes it back.
    static func change(_ path: String, _ change: SweepCase) throws {
        let data = open(path, O_RDWR | O_CLOEXEC)
        defer { close(data) }
        var byte: UInt8 = 0
        guard pread(data, &byte, 1, off_t(change.position)) == 1 else {
            throw Violation("\(path) cannot be read: errno \(errno)")
        }
        byte ^= change.mask
        guard pwrite(data, &byte, 1, off_t(change.position)) == 1 else {
            throw Violation("\(path) cannot be changed: errno \(errno)")
        }
    }

    /// A digest of everything that a reader can see of the log, or that it met an error.
    private func reading() -> String {
        do {
            let reader = try EventLog.openForReading(at: folder)
            defer { reader.close() }
            let head = try reader.head()
            guard head < 1000 else { return "endless" }
            var seen = Array("\(reader.logID) \(reader.createdNanoseconds) \(head) \(try reader.base())".utf8)
            func add(_ records: [Record]) {
                for record in records {
                    seen += "\(record.sequence) \(record.beginsStep) \(record.type)".utf8
                    for stream in record.streams { seen += stream.description.utf8 }
                    seen += record.bytes
                }
            }
            add(try reader.read(from: 1, limit: 1000))
            add(try reader.read(from: .max, limit: 1000, .backwards))
            for sequence in 1...max(head, 1) { add(try reader.read(from: sequence, limit: 2)) }
            for type in 0...4 as ClosedRange<UInt16> { add(try reader.read(type: type, limit: 1000)) }
            for number in 1...7 as ClosedRange<UInt128> {
                add(try reader.read(stream: StreamID(number), limit: 1000))
                add(try reader.read(stream: StreamID(number), limit: 1, .backwards))
            }
            return BlobDigest(of: seen).description
        } catch {
            return "refused"
        }
    }

    private func verifying() -> String {
        do {
            let report = try EventLogVerifier.verifyInProcess(path: folder)
            return report.ok ? "sound" : "bad:\(report.firstBad ?? 0)"
        } catch {
            return "refused"
        }
    }
}
