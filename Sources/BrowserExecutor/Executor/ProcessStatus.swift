import Foundation

/// Processes as the kernel knows them.
public enum ProcessStatus {
    /// Whether a process exists and has not ended: one that nobody has waited for yet is a zombie, state `Z`
    /// (`/proc/PID/stat`, proc(5)).
    static func isRunning(_ pid: Int32) -> Bool { parent(of: pid) != nil }

    /// The parent of a process that runs (`/proc/PID/stat`, proc(5)); nil when it has ended, also if nobody has waited for
    /// it yet.
    public static func parent(of pid: Int32) -> Int32? {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            // The name before the state stands in parentheses and may hold anything.
            let name = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ", maxSplits: 2)
        guard fields.count > 1, fields[0] != "Z", fields[0] != "X" else { return nil }
        return Int32(fields[1])
    }

    /// Memory of this machine, in bytes (`_SC_PHYS_PAGES`, sysconf(3)).
    static var machineBytes: UInt64 {
        UInt64(max(sysconf(Int32(_SC_PHYS_PAGES)), 0)) * UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 0))
    }

    /// Memory of a process that is in use, in bytes, pages that it shares with others counted in full (the second field of
    /// `/proc/PID/statm`, proc(5)): much cheaper to ask than the proportional size, and never less. 0 when it is gone.
    static func residentBytes(of pid: Int32) -> UInt64 {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/statm", encoding: .utf8) else { return 0 }
        let fields = text.split(separator: " ")
        guard fields.count > 1, let pages = UInt64(fields[1]) else { return 0 }
        return pages * UInt64(max(sysconf(Int32(_SC_PAGESIZE)), 0))
    }

    /// The proportional set size of a process, in bytes: shared pages count by the number of processes that share
    /// them (`Pss` of `/proc/PID/smaps_rollup`, proc(5)). Nil when the process is gone or not ours to look at.
    public static func proportionalBytes(of pid: Int32) -> UInt64? {
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
