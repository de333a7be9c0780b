import Pool
import Projections

/// How several tasks of one command ended: where each ran, and whether it found its model there.
enum RunListing {
    static func text(_ tasks: [TaskRecord], logPath: String) -> String {
        var table = TextTable([
            "TASK", "STATUS", "ITEMS", "BROWSER", "START", "LOAD", "FETCHED", "QUEUE", "RUN",
        ])
        for task in tasks {
            let start = task.starts.last
            table.add(
                [
                    "\(task.id)", task.status.rawValue, "\(task.itemsDone)/\(task.spec.itemsTotal)",
                    task.browsers.last?.description ?? "-", start.map { $0.cold ? "cold" : "warm" } ?? "-",
                    start.map { Format.duration(ms: $0.loadMs + $0.compileMs) } ?? "-",
                    start.map { Format.bytes($0.fetchedBytes) } ?? "-",
                    task.metrics.map { Format.duration(ms: $0.queueMs) } ?? "-",
                    Format.duration(ms: task.runMs),
                ], note: task.failure.map { "\($0.name): \(task.detail)" } ?? "")
        }
        var lines = LabelledLines()
        lines.add(line: table.text)
        lines.add(line: "")
        let starts = tasks.flatMap(\.starts)
        lines.add(
            "loads", "\(starts.count(where: \.cold)) of \(starts.count) runs brought the model into a page")
        lines.add("log", "\(logPath) (see weir log --type run_started)")
        for task in tasks where task.status == .suspended {
            lines.add("resume", "weir run --resume \(task.id)")
        }
        return lines.text
    }

    static func json(_ tasks: [TaskRecord], logPath: String) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("tasks")
            writer.raw("[" + tasks.map(object).joined(separator: ",") + "]")
            writer.key("log")
            writer.quoted(logPath)
        }
        return writer.string
    }

    private static func object(_ task: TaskRecord) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("id")
            writer.raw("\(task.id)")
            writer.key("status")
            writer.quoted(task.status.rawValue)
            writer.key("items_done")
            writer.raw("\(task.itemsDone)")
            writer.key("browsers")
            writer.raw("[" + task.browsers.map(\.description).joined(separator: ",") + "]")
            writer.key("starts")
            writer.raw("[" + task.starts.map(JSONWriter.object).joined(separator: ",") + "]")
            writer.key("metrics")
            writer.raw(task.metrics.map(JSONWriter.object) ?? "null")
            writer.key("failure")
            if let failure = task.failure { writer.quoted("\(failure.name)") } else { writer.raw("null") }
            writer.key("detail")
            writer.quoted(task.detail)
        }
        return writer.string
    }
}
