import Pool
import Projections

/// Which models ran on which backends of which browsers, and what kept the others from it.
struct CompatMatrix {
    let backends: [Backend]
    let logPath: String
    private var browsers: [Tried] = []

    private struct Tried {
        var path: String
        /// What the browser said of itself; nil when it did not start.
        var facts: BrowserFacts?
        /// A row of tasks, one for each backend, by model.
        var rows: [(model: String, tasks: [TaskRecord])]
    }

    init(backends: [Backend], logPath: String) {
        self.backends = backends
        self.logPath = logPath
    }

    /// - Parameter tasks: One for each model and backend, the models in their order.
    mutating func add(_ path: String, _ facts: BrowserFacts?, models: [String], _ tasks: [TaskRecord]) {
        let rows = models.enumerated().map { index, model in
            (model: model, tasks: Array(tasks.dropFirst(index * backends.count).prefix(backends.count)))
        }
        browsers.append(Tried(path: path, facts: facts, rows: rows))
    }

    private enum Outcome: String {
        case ran
        case refused
        case failed
    }

    private static func outcome(of task: TaskRecord) -> Outcome {
        if task.status == .succeeded { return .ran }
        return task.refusedBackends.isEmpty ? .failed : .refused
    }

    /// Whether a task failed that no backend refused.
    var hasFailures: Bool {
        browsers.flatMap(\.rows).flatMap(\.tasks).contains { Self.outcome(of: $0) == .failed }
    }

    // MARK: For people

    var text: String {
        var lines = LabelledLines()
        for browser in browsers {
            let product = browser.facts?.product ?? "did not start"
            lines.add("browser", "\(product) at \(browser.path)")
            if let adapter = browser.facts?.adapter { lines.add("adapter", Format.adapter(adapter)) }
            lines.add(line: "")
            var table = TextTable(["MODEL"] + backends.map { $0.name.description.uppercased() })
            for row in browser.rows {
                table.add([Self.shortened(row.model)] + row.tasks.map(Self.cell))
            }
            lines.add(line: table.text)
            lines.add(line: "")
            lines.add("times", "per item of a first run, which compiles the shaders")
            for (reason, places) in Self.reasons(browser.rows) {
                for line in LabelledLines.wrapped(
                    "\(places.joined(separator: ", ")): \(reason)", first: "", rest: "  ")
                {
                    lines.add(line: line)
                }
            }
            lines.add(line: "")
        }
        lines.add("log", "\(logPath) (see weir tasks and weir log --task ID)")
        return lines.text
    }

    private static let shownModelCharacters = 28

    /// The end of a long path says more than its beginning.
    private static func shortened(_ model: String) -> String {
        model.count <= shownModelCharacters ? model : "…" + model.suffix(shownModelCharacters - 1)
    }

    private static func cell(_ task: TaskRecord) -> String {
        switch outcome(of: task) {
        case .refused: "refused"
        case .failed: "FAILED"
        case .ran:
            "ran " + Format.duration(ms: task.runMs / Double(max(1, task.itemsDone))) + elsewhere(task)
        }
    }

    /// How many of the nodes ran on another backend.
    private static func elsewhere(_ task: TaskRecord) -> String {
        guard let provenance = task.provenance else { return "" }
        let all = provenance.nodes.reduce(0) { $0 + $1.nodes }
        let own = provenance.nodes.first { $0.backend == provenance.backend }?.nodes ?? 0
        return all > own ? " (\(own)/\(all) nodes)" : ""
    }

    private static func reason(_ task: TaskRecord) -> String? {
        task.refusedBackends.last?.reason ?? (task.failure == nil ? nil : task.detail)
    }

    /// What kept models from running, with where, in the order of the matrix.
    private static func reasons(
        _ rows: [(model: String, tasks: [TaskRecord])]
    ) -> [(reason: String, places: [String])] {
        var found: [(reason: String, places: [String])] = []
        for row in rows {
            for task in row.tasks {
                guard let reason = reason(task), let backend = task.spec.backends.first else { continue }
                let place = "\(shortened(row.model)) on \(backend.name)"
                if let index = found.firstIndex(where: { $0.reason == reason }) {
                    found[index].places.append(place)
                } else {
                    found.append((reason, [place]))
                }
            }
        }
        return found
    }

    // MARK: For programs

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("browsers")
            writer.raw("[" + browsers.map(object).joined(separator: ",") + "]")
            writer.key("log")
            writer.quoted(logPath)
        }
        return writer.string
    }

    private func object(_ browser: Tried) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("path")
            writer.quoted(browser.path)
            writer.key("facts")
            writer.raw(browser.facts.map(JSONWriter.object) ?? "null")
            writer.key("models")
            let rows = browser.rows.map { row in
                var writer = JSONWriter()
                writer.braces { writer in
                    writer.key("model")
                    writer.quoted(row.model)
                    writer.key("backends")
                    writer.braces { writer in
                        for (backend, task) in zip(backends, row.tasks) {
                            writer.key(backend.name.description)
                            writer.raw(Self.object(task))
                        }
                    }
                }
                return writer.string
            }
            writer.raw("[" + rows.joined(separator: ",") + "]")
        }
        return writer.string
    }

    private static func object(_ task: TaskRecord) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("outcome")
            writer.quoted(outcome(of: task).rawValue)
            writer.key("task")
            writer.raw("\(task.id)")
            writer.key("reason")
            if let reason = reason(task) { writer.quoted(reason) } else { writer.raw("null") }
            writer.key("items")
            writer.raw("\(task.itemsDone)")
            writer.key("run_ms")
            writer.raw("\(task.runMs)")
            writer.key("load_ms")
            writer.raw(task.starts.last.map { "\($0.loadMs + $0.compileMs)" } ?? "null")
            writer.key("provenance")
            writer.raw(task.provenance.map(JSONWriter.object) ?? "null")
        }
        return writer.string
    }
}
