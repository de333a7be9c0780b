import Glibc

/// A child process whose standard output is read line by line. It is ended with its owner.
struct VerifyChild: ~Copyable {
    enum Ending: Equatable {
        case exited(Int32)
        case signalled(Int32)
        case stalled
    }

    private let process: pid_t
    private let output: Int32

    init(executable: String, arguments: [String]) throws(EventLogError) {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else {
            throw EventLogError.system(operation: "pipe", path: executable, errno: errno)
        }
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        _ = fcntl(ends[1], F_SETFD, FD_CLOEXEC)
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        var strings = ([executable] + arguments).map { strdup($0) }
        strings.append(nil)
        var process: pid_t = 0
        var variables = Self.environment().map { strdup($0) }
        variables.append(nil)
        let code = posix_spawn(&process, executable, &actions, nil, strings, variables)
        for string in strings + variables { free(string) }
        posix_spawn_file_actions_destroy(&actions)
        close(ends[1])
        guard code == 0 else {
            close(ends[0])
            throw EventLogError.system(operation: "posix_spawn", path: executable, errno: code)
        }
        self.process = process
        output = ends[0]
    }

    deinit {
        close(output)
    }

    /// Gives every line to `body` until the output ends, then waits for the process. A process that writes
    /// nothing for `stallLimitSeconds` is killed.
    consuming func lines(
        stallLimitSeconds: Int, _ body: (String) -> Void
    ) throws(EventLogError) -> Ending {
        var pending: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            var wait = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            let ready = poll(&wait, 1, Int32(clamping: stallLimitSeconds * 1000))
            if ready < 0 && errno == EINTR { continue }
            if ready == 0 {
                kill(process, SIGKILL)
                _ = reap()
                return .stalled
            }
            let count = Glibc.read(output, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return reap() }
            pending += buffer[..<count]
            var rest = pending[...]
            while let newline = rest.firstIndex(of: UInt8(ascii: "\n")) {
                body(String(decoding: rest[..<newline], as: UTF8.self))
                rest = rest[(newline + 1)...]
            }
            pending = Array(rest)
        }
    }

    /// This process's environment without Swift's crash reports: here a crash is an answer, and the report would
    /// only hold it up.
    private static func environment() -> [String] {
        var variables: [String] = []
        var next = environ
        while let variable = next.pointee {
            let text = String(cString: variable)
            if !text.hasPrefix("SWIFT_BACKTRACE=") { variables.append(text) }
            next += 1
        }
        return variables + ["SWIFT_BACKTRACE=enable=no"]
    }

    private borrowing func reap() -> Ending {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        // The low seven bits hold the signal, the next byte the exit status (wait(2), WIFSIGNALED, WEXITSTATUS).
        let signal = status & 0x7f
        return signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal)
    }
}
