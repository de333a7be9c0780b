import Pool
import Projections

/// Tasks in a table.
enum TaskListing {
    static func text(_ tasks: [TaskRecord]) -> String {
        if tasks.isEmpty { return "no task yet; start one with weir run" }
        return RealAndSimulated.text(owned(tasks), isSimulated: \.simulated, table)
    }

    /// Copies are listed with their task, and not as tasks of their own.
    private static func owned(_ tasks: [TaskRecord]) -> [TaskRecord] { tasks.filter { $0.leader == nil } }

    private static func table(_ tasks: [TaskRecord]) -> String {
        var table = TextTable(["TASK", "MODEL", "STATUS", "ITEMS", "RECOVERED", "TIME", "BROWSERS"])
        for task in tasks {
            let time =
                task.endedAt == .zero
                ? "-" : Format.duration(ms: Double(task.endedAt.nanoseconds(since: task.submittedAt)) / 1e6)
            table.add(
                [
                    "\(task.id)", String(task.spec.model.prefix(shownModelCharacters)), task.status.rawValue,
                    "\(task.itemsDone)/\(task.spec.itemsTotal)", "\(task.recoveries)", time,
                    browsers(of: task),
                ], note: note(on: task))
        }
        return table.text
    }

    /// Why it failed, and what became of its copies.
    private static func note(on task: TaskRecord) -> String {
        let failure = task.failure.map { "\($0.name): \(task.detail)" }
        return [failure, task.copiesInWords].compactMap { $0 }.joined(separator: "; ")
    }

    private static let shownModelCharacters = 20
    private static let shownBrowsers = 3

    /// The browsers that a task was last on, each once.
    private static func browsers(of task: TaskRecord) -> String {
        var distinct: [BrowserID] = []
        for browser in task.browsers.reversed() where !distinct.contains(browser) { distinct.append(browser) }
        let shown = distinct.prefix(shownBrowsers).reversed().map(\.description).joined(separator: ",")
        return (distinct.count > shownBrowsers ? "…," : "") + shown
    }

    static func json(_ tasks: [TaskRecord]) -> String {
        "[" + owned(tasks).map(object).joined(separator: ",") + "]"
    }

    private static func object(_ task: TaskRecord) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("id")
            writer.raw("\(task.id)")
            writer.key("status")
            writer.quoted(task.status.rawValue)
            writer.key("model")
            writer.quoted(task.spec.model)
            writer.key("simulated")
            writer.raw("\(task.simulated)")
            writer.key("items_total")
            writer.raw("\(task.spec.itemsTotal)")
            writer.key("items_done")
            writer.raw("\(task.itemsDone)")
            writer.key("recoveries")
            writer.raw("\(task.recoveries)")
            writer.key("browsers")
            writer.raw("[" + task.browsers.map(\.description).joined(separator: ",") + "]")
            if !task.copies.isEmpty {
                writer.key("copies")
                writer.raw("[" + task.copies.map(\.description).joined(separator: ",") + "]")
            }
            if let result = task.result {
                writer.key("result_of")
                writer.raw("\(result)")
            }
            if let agreement = task.agreement {
                writer.key("outvoted_browsers")
                let browsers = agreement.outvoted.compactMap { $0.browser?.description }
                writer.raw("[" + browsers.joined(separator: ",") + "]")
            }
            writer.key("submitted_at")
            writer.quoted(Format.time(task.submittedAt))
            writer.key("ended_at")
            if task.endedAt == .zero { writer.raw("null") } else { writer.quoted(Format.time(task.endedAt)) }
            writer.key("failure")
            if let failure = task.failure {
                writer.quoted(failure.name.description)
            } else {
                writer.raw("null")
            }
            writer.key("detail")
            writer.quoted(task.detail)
        }
        return writer.string
    }
}

/// Browsers in a table.
enum BrowserListing {
    static func text(_ browsers: [BrowserRecord]) -> String {
        if browsers.isEmpty { return "no browser yet; weir run launches them" }
        return RealAndSimulated.text(browsers, isSimulated: \.simulated, table)
    }

    private static func table(_ browsers: [BrowserRecord]) -> String {
        var table = TextTable([
            "BROWSER", "STATUS", "PID", "LAUNCHES", "GRANTS", "FAILURES", "LAST EVIDENCE",
        ])
        for browser in browsers {
            let known = browser.facts.flatMap { $0.product.isEmpty ? nil : $0 }
            let product = known.map { facts in
                facts.product + (facts.adapter.map { ", adapter " + Format.adapter($0) } ?? ", no adapter")
            }
            table.add(
                [
                    "\(browser.id)", browser.status.rawValue, browser.facts.map { "\($0.pid)" } ?? "-",
                    "\(browser.launches)", "\(browser.grants)", "\(browser.failures)",
                    browser.lastEvidence?.name.description ?? "-",
                ], note: product ?? "")
        }
        return table.text
    }

    static func json(_ browsers: [BrowserRecord]) -> String {
        "[" + browsers.map(object).joined(separator: ",") + "]"
    }

    private static func object(_ browser: BrowserRecord) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("id")
            writer.raw("\(browser.id)")
            writer.key("incarnation")
            writer.raw("\(browser.incarnation)")
            writer.key("status")
            writer.quoted(browser.status.rawValue)
            writer.key("simulated")
            writer.raw("\(browser.simulated)")
            writer.key("launches")
            writer.raw("\(browser.launches)")
            writer.key("failures")
            writer.raw("\(browser.failures)")
            writer.key("grants")
            writer.raw("\(browser.grants)")
            writer.key("last_evidence")
            if let evidence = browser.lastEvidence {
                writer.quoted(evidence.name.description)
            } else {
                writer.raw("null")
            }
            writer.key("facts")
            if let facts = browser.facts { writer.raw(JSONWriter.object(facts)) } else { writer.raw("null") }
        }
        return writer.string
    }
}
