import ArgumentParser

/// What the exit codes of every command mean.
enum ExitStatus {
    /// The work failed, or the log is damaged.
    static let failed = ExitCode(1)
    /// Wrong usage or input; nothing was done.
    static let usage = ExitCode(2)
    /// Something known is not installed.
    static let notInstalled = ExitCode(3)
    /// The log is held by another writer.
    static let logHeld = ExitCode(4)
    /// Interrupted; what was running can be resumed.
    static let interrupted = ExitCode(130)
}

/// An error that ends a command with its message on standard error and its own exit code.
protocol CommandError: Error, CustomStringConvertible {
    var exitCode: ExitCode { get }
}

/// Wrong usage or input.
struct UsageError: CommandError {
    let description: String
    init(_ description: String) { self.description = description }
    var exitCode: ExitCode { ExitStatus.usage }
}

/// The work failed.
struct FailedError: CommandError {
    let description: String
    init(_ description: String) { self.description = description }
    var exitCode: ExitCode { ExitStatus.failed }
}

/// Something known is not installed.
struct NotInstalledError: CommandError {
    let description: String
    init(_ description: String) { self.description = description }
    var exitCode: ExitCode { ExitStatus.notInstalled }
}

/// The log is held by another writer.
struct LogHeldError: CommandError {
    let path: String
    let pid: Int32
    var description: String {
        let holder = pid > 0 ? "process \(pid)" : "another process"
        return "the log at \(path) is being written by \(holder); wait for it, or use another log (--log DIR)"
    }
    var exitCode: ExitCode { ExitStatus.logHeld }
}
