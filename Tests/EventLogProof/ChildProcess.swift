import Glibc

/// This program, run again as a child whose standard output is read.
final class ChildProcess {
    enum Ending: Equatable {
        case exited(Int32)
        case signalled(Int32)
    }

    let process: pid_t
    private let output: Int32
    private var pending: [UInt8] = []
    private var isReaped = false

    static let program: String = {
        var buffer = [UInt8](repeating: 0, count: Int(PATH_MAX))
        let count = buffer.withUnsafeMutableBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) { name in
                name.baseAddress.map { readlink("/proc/self/exe", $0, name.count) } ?? 0
            }
        }
        return String(decoding: buffer.prefix(max(count, 0)), as: UTF8.self)
    }()

    init(_ arguments: [String]) throws {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { throw Violation("pipe failed with errno \(errno)") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO)
        var strings = ([Self.program] + arguments).map { strdup($0) } + [nil]
        // A crash is an answer here, and Swift's report of it would only hold it up.
        setenv("SWIFT_BACKTRACE", "enable=no", 0)
        var process: pid_t = 0
        let code = posix_spawn(&process, Self.program, &actions, nil, &strings, environ)
        for string in strings { free(string) }
        posix_spawn_file_actions_destroy(&actions)
        close(ends[1])
        self.process = process
        output = ends[0]
        guard code == 0 else { throw Violation("posix_spawn failed with errno \(code)") }
    }

    deinit {
        if !isReaped {
            kill(process, SIGKILL)
            _ = reap()
        }
        close(output)
    }

    /// The next line; nil at the end of the output. A child that says nothing for `limitSeconds` is a violation.
    func line(limitSeconds: Int32 = 60) throws -> String? {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            if let newline = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = String(decoding: pending[..<newline], as: UTF8.self)
                pending.removeFirst(newline + 1)
                return line
            }
            var wait = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            let ready = poll(&wait, 1, limitSeconds * 1000)
            if ready < 0 && errno == EINTR { continue }
            guard ready > 0 else { throw Violation("the child said nothing for \(limitSeconds) s") }
            let count = read(output, &buffer, buffer.count)
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { return nil }
            pending += buffer[..<count]
        }
    }

    /// All lines up to the end of the process, and how that was.
    func finish() throws -> (lines: [String], ending: Ending) {
        var lines: [String] = []
        while let line = try line() { lines.append(line) }
        return (lines, reap())
    }

    func kill9() { kill(process, SIGKILL) }

    func reap() -> Ending {
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        isReaped = true
        // The low seven bits hold the signal, the next byte the exit status (wait(2)).
        let signal = status & 0x7f
        return signal == 0 ? .exited(status >> 8 & 0xff) : .signalled(signal)
    }

    /// The number of the last line that says `acknowledged`; 0 if there is none.
    static func acknowledged(_ lines: [String]) -> UInt64 {
        lines.reversed().lazy.compactMap { Said($0) }.first { $0.word == "acknowledged" }?.number ?? 0
    }
}

/// A line of a child: a word and a number.
struct Said {
    var word: Substring
    var number: UInt64

    init?(_ line: String) {
        let fields = line.split(separator: " ")
        guard fields.count == 2, let number = UInt64(fields[1]) else { return nil }
        word = fields[0]
        self.number = number
    }
}
