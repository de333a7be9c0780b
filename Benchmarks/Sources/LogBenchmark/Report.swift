import Foundation
import Measuring

/// Rows of a table in Markdown, printed one by one: a run takes minutes and may be watched.
enum Report {
    static func section(_ title: String, _ remarks: String...) {
        say("\n## \(title)\n")
        for remark in remarks { say(remark + "\n") }
    }

    static func header(_ columns: [String]) {
        row(columns)
        row(columns.indices.map { $0 == 0 ? "---" : "---:" })
    }

    static func row(_ cells: [String]) {
        say("| " + cells.joined(separator: " | ") + " |")
    }

    /// Events per second with three digits.
    static func rate(_ perSecond: Double) -> String {
        switch perSecond {
        case 1e6...: digits(perSecond / 1e6) + " M"
        case 1e3...: digits(perSecond / 1e3) + " k"
        default: digits(perSecond)
        }
    }

    static func microseconds(_ nanoseconds: UInt64?) -> String {
        nanoseconds.map { digits(Double($0) / 1e3) } ?? "–"
    }

    static func milliseconds(_ nanoseconds: Double) -> String { digits(nanoseconds / 1e6) }

    /// A number with three digits, or all before its point.
    static func digits(_ value: Double) -> String {
        switch value {
        case 100...: String(format: "%.0f", value)
        case 10...: String(format: "%.1f", value)
        default: String(format: "%.2f", value)
        }
    }

    /// The median; – if there is nothing.
    static func rate(_ perSecond: [Double]) -> String {
        perSecond.isEmpty ? "–" : rate(Samples(perSecond).median)
    }

    /// The median of quotients of one round, which a busy machine troubles alike; – if there is none.
    static func ratio(_ one: [Double], to other: [Double]) -> String {
        guard !one.isEmpty, !other.isEmpty else { return "–" }
        return String(format: "%.2f", Samples(zip(one, other).map { $0 / $1 }).median)
    }
}
