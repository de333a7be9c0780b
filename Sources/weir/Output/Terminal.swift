import ArgumentParser
import Foundation

/// Standard output and standard error.
enum Terminal {
    static func print(_ line: String) { write(line + "\n", to: STDOUT_FILENO) }
    static func note(_ line: String) { write(line + "\n", to: STDERR_FILENO) }

    /// Whether a person reads standard error as it is written.
    static var isLive: Bool {
        isatty(STDERR_FILENO) == 1 && ProcessInfo.processInfo.environment["TERM"] != "dumb"
    }

    /// Replaces the line that was last shown this way.
    static func show(_ line: String) {
        var size = winsize()
        let columns =
            ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
        write("\r\u{1B}[K" + line.prefix(columns - 1), to: STDERR_FILENO)
    }

    static func clearShown() { write("\r\u{1B}[K", to: STDERR_FILENO) }

    /// Writes all of a text. A reader that has gone, such as `head`, ends the program quietly; results that cannot be
    /// written, as to a full disk, end it as a failure.
    private static func write(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else {
                if errno == EPIPE { exit(0) }
                guard descriptor == STDOUT_FILENO else { return }
                note("weir: standard output cannot be written: \(String(cString: strerror(errno)))")
                exit(ExitStatus.failed.rawValue)
            }
            bytes = bytes.dropFirst(written)
        }
    }
}
