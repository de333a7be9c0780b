import Foundation
import Pool

/// Values as people read them.
enum Format {
    /// RFC 3339 in UTC, with nanoseconds.
    static func time(_ time: EventTime) -> String {
        var seconds = time_t(time.nanoseconds / 1_000_000_000)
        var parts = tm()
        gmtime_r(&seconds, &parts)
        let digits = [
            pad(Int(parts.tm_year) + 1900, 4), pad(Int(parts.tm_mon) + 1, 2), pad(Int(parts.tm_mday), 2),
            pad(Int(parts.tm_hour), 2), pad(Int(parts.tm_min), 2), pad(Int(parts.tm_sec), 2),
            pad(Int(time.nanoseconds % 1_000_000_000), 9),
        ]
        return "\(digits[0])-\(digits[1])-\(digits[2])T\(digits[3]):\(digits[4]):\(digits[5]).\(digits[6])Z"
    }

    private static func pad(_ value: Int, _ width: Int) -> String {
        let text = String(value)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }

    /// A duration given in milliseconds.
    static func duration(ms: Double) -> String {
        if ms < 10 { return fixed(ms, 2) + " ms" }
        if ms < 1000 { return fixed(ms, 0) + " ms" }
        return fixed(ms / 1000, 2) + " s"
    }

    static func fixed(_ value: Double, _ places: Int) -> String { String(format: "%.\(places)f", value) }

    /// A number of bytes, in units of 1000.
    static func bytes(_ count: UInt64) -> String {
        let units = ["B", "kB", "MB", "GB"]
        var (value, unit) = (Double(count), 0)
        while value >= 1000, unit < units.count - 1 {
            value /= 1000
            unit += 1
        }
        return "\(fixed(value, unit == 0 || value >= 100 ? 0 : 1)) \(units[unit])"
    }

    /// `1 item`, `2 items`.
    static func count(_ number: some BinaryInteger, _ noun: String) -> String {
        "\(number) \(noun)\(number == 1 ? "" : "s")"
    }

    /// An adapter in one line; a software adapter is always named as one.
    static func adapter(_ adapter: Adapter) -> String {
        let name = [adapter.vendor, adapter.architecture, adapter.device].filter { !$0.isEmpty }.joined(
            separator: " ")
        return (name.isEmpty ? "unnamed" : name) + (adapter.software ? " (software)" : " (hardware)")
    }
}
