import EventLog
import Glibc

/// Changes one byte of a closed log at a time, and writes what reading, or verifying, then makes of it.
///
/// The cases stand in a file, one `position mask` per line. A case can end the process; the parent then mends
/// the file and goes on behind it.
struct Sweep {
    var folder: String
    var casesPath: String
    var reads: Bool

    func run(from start: Int) throws {
        let data = open(folder + "/data.mdb", O_RDWR | O_CLOEXEC)
        guard data >= 0 else { exit(65) }
        for (index, line) in try lines(of: casesPath).enumerated().dropFirst(start) {
            let fields = line.split(separator: " ")
            guard let position = off_t(fields[0]), let mask = UInt8(fields[1]) else { exit(65) }
            var byte: UInt8 = 0
            guard pread(data, &byte, 1, position) == 1 else { exit(65) }
            byte ^= mask
            pwrite(data, &byte, 1, position)
            say("\(index) \(reads ? reading() : verifying())")
            byte ^= mask
            pwrite(data, &byte, 1, position)
        }
    }

    /// Everything that a reader can see of the log, or that it met an error.
    private func reading() -> String {
        do {
            let reader = try EventLog.openForReading(at: folder)
            defer { reader.close() }
            let head = try reader.head()
            var text = "\(reader.logID) \(reader.createdNanoseconds) \(head)"
            guard head < 1000 else { return "endless" }
            for record in try reader.read(from: 1, limit: 1000) {
                text += " \(record.sequence) \(record.beginsStep) \(BlobDigest(of: record.bytes))"
            }
            for sequence in 1...max(head, 1) {
                for record in try reader.read(from: sequence, limit: 2) {
                    text += " \(record.sequence) \(BlobDigest(of: record.bytes))"
                }
            }
            return BlobDigest(of: Array(text.utf8)).description
        } catch {
            return "refused"
        }
    }

    private func verifying() -> String {
        do {
            return try EventLogVerifier.verifyInProcess(path: folder).ok ? "sound" : "damaged"
        } catch {
            return "refused"
        }
    }

    private func lines(of path: String) throws -> [Substring] {
        guard let file = fopen(path, "r") else { exit(65) }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = fread(&buffer, 1, buffer.count, file)
            if count == 0 { break }
            bytes += buffer[..<count]
        }
        return String(decoding: bytes, as: UTF8.self).split(separator: "\n")
    }
}
