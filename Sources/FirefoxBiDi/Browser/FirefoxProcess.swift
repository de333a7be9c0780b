import ChromePipe
import Foundation

/// A process of a running Firefox.
public struct FirefoxProcess: Sendable, Hashable {
    public let pid: Int32
    public let kind: BrowserProcessKind
    /// Processor time that it has used, in seconds.
    public let cpuTime: Double

    /// Every process of a group that has not ended (proc(5)).
    static func all(inGroup group: Int32) -> [FirefoxProcess] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return names.compactMap(Int32.init).sorted().compactMap { FirefoxProcess($0, inGroup: group) }
    }

    /// Nil when it is none of the group, or has ended.
    private init?(_ pid: Int32, inGroup group: Int32) {
        guard getpgid(pid) == group,
            let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            // The name before the state stands in parentheses and may hold anything.
            let start = text.firstIndex(of: "("), let end = text.lastIndex(of: ")")
        else { return nil }
        let fields = text[text.index(after: end)...].split(separator: " ")
        // Counted from the state, which is the third field: those of times are the 14th and the 15th.
        guard fields.count > 12, fields[0] != "Z", fields[0] != "X", let user = Double(fields[11]),
            let system = Double(fields[12])
        else { return nil }
        self.pid = pid
        cpuTime = (user + system) / Double(max(sysconf(Int32(_SC_CLK_TCK)), 1))
        kind = pid == group ? .browser : Self.kind(of: pid, named: text[text.index(after: start)..<end])
    }

    /// The last argument of a child says what it is; a process that another one of Firefox forked has all arguments in one.
    ///
    /// - Parameter name: The kernel's, of at most 15 bytes. Of the processes that hold documents it tells those of origins on
    ///   the web from those of extensions and of the browser's own pages.
    private static func kind(of pid: Int32, named name: Substring) -> BrowserProcessKind {
        let line = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") ?? Data()
        let role =
            line.split { $0 == 0 || $0 == UInt8(ascii: " ") }.last.map { String(decoding: $0, as: UTF8.self) }
            ?? ""
        return switch role {
        case "tab" where name == "Isolated Web Co": .renderer
        case "gpu": .gpu
        default: .utility(role)
        }
    }
}
