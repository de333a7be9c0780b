import Foundation

/// Memory of processes, as the kernel counts it.
enum ProcessMemory {
    /// The proportional set size of a process, in bytes: shared pages count by the number of processes that share
    /// them (`Pss` of `/proc/PID/smaps_rollup`, proc(5)). Nil when the process is gone or not ours to look at.
    static func proportionalBytes(of pid: Int32) -> UInt64? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/smaps_rollup", encoding: .utf8) else {
            return nil
        }
        for line in text.split(separator: "\n") where line.hasPrefix("Pss:") {
            let fields = line.split(separator: " ")
            guard fields.count >= 2, let kibibytes = UInt64(fields[1]) else { return nil }
            return kibibytes * 1024
        }
        return nil
    }
}
