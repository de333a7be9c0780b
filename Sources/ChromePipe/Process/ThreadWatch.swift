import CSpawn
import Foundation

/// Watches one thread of a process that lives as long as the process does.
///
/// A process that the system ends loses its threads first, and counts as ended, and its pipes as closed, only when its
/// memory has been given back, which takes a browser many milliseconds.
package final class ThreadWatch: Sendable {
    private let token: UInt64

    /// Nil where there is no such thread, or where the system cannot tell of one (Linux before 6.9).
    ///
    /// - Parameters:
    ///   - name: The thread's, as the process gave it.
    ///   - onEnd: Called when the process is being ended, with what ends it; not when the thread ends by itself.
    package init?(
        of process: pid_t, named name: String, onEnd: @escaping @Sendable (ProcessExit) -> Void
    ) {
        let threads = try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(process)/task")
        let thread = threads?.lazy.compactMap { pid_t($0) }.first { Self.name(of: $0, in: process) == name }
        guard let thread else { return nil }
        let pidfd = cspawn_thread_pidfd_open(thread)
        guard pidfd >= 0 else { return nil }
        // The descriptor pins the thread; looked at after that, its name proves whose its number is.
        guard Self.name(of: thread, in: process) == name else {
            close(pidfd)
            return nil
        }
        let token = DescriptorWatch.shared.add(owning: pidfd) { _ in
            if let exit = ProcessExit(under: process) { onEnd(exit) }
            return false
        }
        guard let token else { return nil }
        self.token = token
    }

    deinit { DescriptorWatch.shared.remove(token) }

    private static func name(of thread: pid_t, in process: pid_t) -> String {
        let text = FileManager.default.contents(atPath: "/proc/\(process)/task/\(thread)/comm")
        return String(decoding: text ?? Data(), as: UTF8.self).trimmingCharacters(in: .newlines)
    }
}

extension ProcessExit {
    /// What ends a process that the system is ending; nil where nothing does.
    ///
    /// The last field of `/proc/PID/stat`, as `waitpid` has it, is known as soon as the process is to end (proc(5)).
    fileprivate init?(under process: pid_t) {
        guard let stat = FileManager.default.contents(atPath: "/proc/\(process)/stat"),
            let last = String(decoding: stat, as: UTF8.self).split(whereSeparator: \.isWhitespace).last,
            let code = Int32(last), code != 0
        else { return nil }
        self = code & 0x7f == 0 ? .status(code >> 8 & 0xff) : .signal(code & 0x7f)
    }
}
