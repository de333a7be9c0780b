import Foundation

/// The processes that this one has started, and those that they have.
struct ProcessTree {
    var processes = 0
    /// Their memory together, shared pages counted once (PSS), in bytes.
    var bytes: UInt64 = 0
    /// This process's own memory (PSS), in bytes.
    var ownBytes: UInt64 = 0

    init(processes: Int, bytes: UInt64, ownBytes: UInt64) {
        (self.processes, self.bytes, self.ownBytes) = (processes, bytes, ownBytes)
    }

    /// Looks at the processes as they are now (`/proc/PID/stat`, `/proc/PID/smaps_rollup`, proc(5)).
    init() {
        let pids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) }
        var children: [Int32: [Int32]] = [:]
        for pid in pids ?? [] {
            if let parent = Self.parent(of: pid) { children[parent, default: []].append(pid) }
        }
        var waiting = children[getpid()] ?? []
        while let pid = waiting.popLast() {
            processes += 1
            bytes += Self.proportionalBytes(of: pid)
            waiting += children[pid] ?? []
        }
        ownBytes = Self.proportionalBytes(of: getpid())
    }

    /// The parent of a process; nil for one that has ended, also if nobody has waited for it yet.
    private static func parent(of pid: Int32) -> Int32? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            // The name before the state stands in parentheses and may hold anything.
            let name = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 1, fields[0] != "Z", fields[0] != "X" else { return nil }
        return Int32(fields[1])
    }

    private static func proportionalBytes(of pid: Int32) -> UInt64 {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/smaps_rollup", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Pss:") })
        else { return 0 }
        let fields = line.split(separator: " ")
        return fields.count > 1 ? (UInt64(fields[1]) ?? 0) * 1024 : 0
    }
}
