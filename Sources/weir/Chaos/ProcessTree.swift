import BrowserExecutor
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

    /// Looks at the processes as they are now (`/proc`, proc(5)).
    init() {
        let pids = (try? FileManager.default.contentsOfDirectory(atPath: "/proc"))?.compactMap { Int32($0) }
        var children: [Int32: [Int32]] = [:]
        for pid in pids ?? [] {
            if let parent = ProcessStatus.parent(of: pid) { children[parent, default: []].append(pid) }
        }
        var waiting = children[getpid()] ?? []
        while let pid = waiting.popLast() {
            processes += 1
            bytes += ProcessStatus.proportionalBytes(of: pid) ?? 0
            waiting += children[pid] ?? []
        }
        ownBytes = ProcessStatus.proportionalBytes(of: getpid()) ?? 0
    }
}
