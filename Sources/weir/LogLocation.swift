import ArgumentParser
import EventLog
import Foundation
import PoolEngine

/// Where the log is: `--log DIR`, else `WEIR_LOG`, else `.weir` in the current folder.
struct LogLocation: ParsableArguments {
    @Option(name: .customLong("log"), help: "The log's folder (default: $WEIR_LOG, else .weir).")
    var folder: String?

    init() {}

    init(folder: String) { self.folder = folder }

    var path: String {
        if let folder { return folder }
        if let named = ProcessInfo.processInfo.environment["WEIR_LOG"], !named.isEmpty { return named }
        return ".weir"
    }

    /// Opens the log for reading, also while another process writes it.
    func openForReading() throws -> EventLogReader {
        do {
            return try EventLog.openForReading(at: path)
        } catch {
            throw commandError(error)
        }
    }

    /// Opens the log for writing; creates it if it is not there.
    func openForWriting() throws -> EventLog {
        do {
            return try EventLog.open(at: path)
        } catch {
            throw commandError(error)
        }
    }

    /// What a command says when the log cannot be opened.
    func commandError(_ error: EventLogError) -> any Error {
        switch error {
        case .heldByWriter(let path, let pid): LogHeldError(path: path, pid: pid)
        case .notFound(let path):
            UsageError("there is no log at \(path); weir run makes one, and --log DIR names another")
        case .notALog, .newerFormat, .olderFormat, .alreadyExists: UsageError("\(error)")
        default: FailedError("\(error)")
        }
    }
}
