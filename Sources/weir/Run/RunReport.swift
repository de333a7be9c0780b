import Foundation
import Pool
import Projections

/// The outcome of a run, for people and for programs.
struct RunReport {
    let outcome: RunOutcome
    /// Items labelled rightly, when the right labels are known.
    let correct: Int?
    /// Where there is speech, for a model that tells.
    var speech: SpeechReport?
    let logPath: String
    /// What the items are, if the task is a suite.
    var suite: SuiteReport?

    /// Results that are listed for a person; the rest are counted.
    private static let shownOutputs = 8

    private var task: TaskRecord { outcome.task }

    var text: String {
        var lines = LabelledLines()
        if let suite {
            lines.add(line: suite.text)
        } else if let speech {
            speech.add(to: &lines)
        } else {
            addOutputs(to: &lines)
        }
        if !outcome.outputs.isEmpty { lines.add(line: "") }
        lines.add(
            "task \(task.id)",
            "\(task.status.rawValue), \(task.itemsDone) of \(task.spec.itemsTotal) items"
                + (task.recoveries > 0 ? ", recovered \(task.recoveries)×" : ""))
        if let copies = task.copiesInWords { lines.add("copies", copies) }
        if let failure = task.failure { lines.add("failure", "\(failure.name): \(task.detail)") }
        if let correct, task.itemsDone > 0 {
            let share = Format.fixed(100 * Double(correct) / Double(task.itemsDone), 2)
            lines.add("accuracy", "\(share) % (\(correct) of \(task.itemsDone))")
        }
        for refused in task.refusedBackends {
            lines.add("refused", "\(refused.backend.name): \(refused.reason)")
        }
        if let provenance = task.provenance { Self.add(provenance, to: &lines) }
        if let metrics = task.metrics { lines.add("time", timing(metrics)) }
        lines.add("log", "\(logPath) (\(outcome.head) events; see weir log)")
        if task.status == .suspended { lines.add("resume", "weir run --resume \(task.id)") }
        return lines.text
    }

    private func addOutputs(to lines: inout LabelledLines) {
        for (index, output) in outcome.outputs.prefix(Self.shownOutputs).enumerated() {
            lines.add(line: "item \(index)  \(Self.readable(output))")
        }
        if outcome.outputs.count > Self.shownOutputs {
            lines.add(line: "… and \(outcome.outputs.count - Self.shownOutputs) more (all of them: --json)")
        }
    }

    private func timing(_ metrics: RunMetrics) -> String {
        let total = Double(task.endedAt.nanoseconds(since: task.submittedAt)) / 1e6
        let start = metrics.cold ? "cold" : "warm"
        return
            "\(Format.duration(ms: total)) in all, \(start) start\nqueue \(Format.duration(ms: metrics.queueMs)), "
            + "load \(Format.duration(ms: metrics.loadMs)), compile \(Format.duration(ms: metrics.compileMs)), "
            + "run \(Format.duration(ms: task.runMs))"
    }

    private static func add(_ provenance: Provenance, to lines: inout LabelledLines) {
        lines.add("model", "\(provenance.model) (\(provenance.modelDigest.description.prefix(12)))")
        let adapter = provenance.adapter.map(Format.adapter) ?? "none"
        var place = "\(provenance.backend.name), adapter \(adapter)"
        if !provenance.variant.isEmpty { place += ", \(provenance.variant) kernels" }
        if !provenance.nodes.isEmpty {
            let nodes = provenance.nodes.map { "\($0.nodes) on \($0.backend.name)" }
            place += "; nodes: " + nodes.joined(separator: ", ")
        }
        lines.add("ran on", place)
        lines.add("browser", "\(provenance.browser), runtime \(provenance.runtime)")
        if provenance.simulated { lines.add(line: "SIMULATED: nothing real was run") }
    }

    private static func readable(_ json: String) -> String {
        guard let object = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any] else {
            return json
        }
        // Boxes take lines of their own, so they come last.
        let keys = object.keys.sorted { ($0 == "boxes" ? 1 : 0, $0) < ($1 == "boxes" ? 1 : 0, $1) }
        return keys.map { key in
            let value = object[key] ?? ""
            if let tensors = value as? [[String: Any]], key != "boxes" {
                return tensors.map(Self.readable(tensor:)).joined(separator: "  ")
            }
            if let vector = value as? [Double] { return "\(key) \(Self.shortened(vector))" }
            if let boxes = value as? [[String: Any]] { return "\(key) \(Self.listed(boxes))" }
            if let parts = value as? [String: Any] {
                return key + " "
                    + parts.sorted { $0.key < $1.key }.map { "\($0) \($1)" }.joined(separator: " ")
            }
            if key == "matched" { return "matched" }
            if let number = value as? Double { return "\(key) \(Format.fixed(number, 4))" }
            return "\(key) \(value)"
        }.joined(separator: "  ")
    }

    /// Name, type and sizes of a tensor, and its first elements.
    private static func readable(tensor: [String: Any]) -> String {
        let dims = (tensor["dims"] as? [Int] ?? []).map(String.init).joined(separator: "×")
        let type = tensor["type"] as? String ?? ""
        let data = tensor["data"] as? [Any] ?? []
        let digits = type.hasPrefix("float") ? 4 : 0
        let elements = (data as? [Double]).map { shortened($0, digits: digits) } ?? "of \(data.count)"
        return "\(tensor["name"] ?? "") \(type) \(dims) \(elements)"
    }

    /// Boxes, one a line: their corners and scores.
    private static func listed(_ boxes: [[String: Any]]) -> String {
        let lines = boxes.map { box in
            let corners = (box["quadrilateral"] as? [[Int]] ?? []).map { corner in
                corner.map(String.init).joined(separator: ",")
            }
            let score = (box["score"] as? Double).map { Format.fixed($0, 4) } ?? ""
            return "\n  \(corners.joined(separator: " "))  score \(score)"
        }
        return "\(boxes.count)\(lines.joined())"
    }

    /// The first numbers of a vector, and how many there are.
    private static func shortened(_ vector: [Double], digits: Int = 4) -> String {
        let shown = vector.prefix(4).map { Format.fixed($0, digits) }.joined(separator: " ")
        return vector.count > 4 ? "[\(shown) …] of \(vector.count)" : "[\(shown)]"
    }

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("task")
            writer.braces { taskMembers(&$0) }
            writer.key("outputs")
            let outputs = outcome.outputs.enumerated().map { index, json in
                json == "{}" ? "{\"item\":\(index)}" : "{\"item\":\(index),\(json.dropFirst())"
            }
            writer.raw("[" + outputs.joined(separator: ",") + "]")
            if let suite {
                writer.key("suite")
                writer.raw(suite.json)
            }
            if let speech {
                writer.key("speech")
                writer.raw(speech.json)
            }
            writer.key("provenance")
            if let provenance = task.provenance {
                writer.raw(Self.json(provenance))
            } else {
                writer.raw("null")
            }
            writer.key("metrics")
            if let metrics = task.metrics { writer.raw(metricsJSON(metrics)) } else { writer.raw("null") }
            writer.key("accuracy")
            if let correct, task.itemsDone > 0 {
                writer.raw("\(Double(correct) / Double(task.itemsDone))")
            } else {
                writer.raw("null")
            }
            writer.key("log")
            writer.braces { writer in
                writer.key("path")
                writer.quoted(logPath)
                writer.key("first")
                writer.raw(outcome.appended.isEmpty ? "null" : "\(outcome.appended.lowerBound)")
                writer.key("last")
                writer.raw("\(outcome.head)")
            }
        }
        return writer.string
    }

    private func taskMembers(_ writer: inout JSONWriter) {
        writer.key("id")
        writer.raw("\(task.id)")
        writer.key("status")
        writer.quoted(task.status.rawValue)
        writer.key("items_total")
        writer.raw("\(task.spec.itemsTotal)")
        writer.key("items_done")
        writer.raw("\(task.itemsDone)")
        writer.key("recoveries")
        writer.raw("\(task.recoveries)")
        writer.key("failure")
        if let failure = task.failure { writer.quoted(failure.name.description) } else { writer.raw("null") }
        writer.key("refused_backends")
        writer.raw("[" + task.refusedBackends.map(JSONWriter.object).joined(separator: ",") + "]")
        writer.key("detail")
        if task.failure != nil { writer.quoted(task.detail) } else { writer.raw("null") }
    }

    private func metricsJSON(_ metrics: RunMetrics) -> String {
        let total = Double(task.endedAt.nanoseconds(since: task.submittedAt)) / 1e6
        return JSONWriter.object(metrics).dropLast()
            + ",\"task_run_ms\":\(task.runMs),\"task_total_ms\":\(total)}"
    }

    private static func json(_ provenance: Provenance) -> String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("backend")
            writer.quoted(provenance.backend.name.description)
            writer.key("adapter")
            if let adapter = provenance.adapter {
                writer.braces { writer in
                    for (key, value) in [
                        ("vendor", adapter.vendor), ("architecture", adapter.architecture),
                        ("device", adapter.device), ("description", adapter.description),
                    ] {
                        writer.key(key)
                        writer.quoted(value)
                    }
                    writer.key("software")
                    writer.raw("\(adapter.software)")
                }
            } else {
                writer.raw("null")
            }
            for (key, value) in [("browser", provenance.browser), ("runtime", provenance.runtime)] {
                writer.key(key)
                writer.quoted(value)
            }
            writer.key("model")
            writer.braces { writer in
                writer.key("name")
                writer.quoted(provenance.model)
                writer.key("sha256")
                writer.quoted(provenance.modelDigest.description)
            }
            writer.key("simulated")
            writer.raw("\(provenance.simulated)")
            writer.key("cold")
            writer.raw("\(provenance.cold)")
            writer.key("batch_items")
            writer.raw("\(provenance.batchItems)")
            writer.key("variant")
            writer.quoted(provenance.variant)
            writer.key("nodes")
            writer.raw("[" + provenance.nodes.map(JSONWriter.object).joined(separator: ",") + "]")
        }
        return writer.string
    }
}
