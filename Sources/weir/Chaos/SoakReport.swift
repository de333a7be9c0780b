import Pool
import Projections

/// What a soak came to, for people and for programs.
struct SoakReport {
    let soak: Soak
    let models: [String]
    var tasks = 0
    var succeeded = 0
    var items: UInt64 = 0
    /// Tasks each of whose items has one result in the log.
    var itemsOnce = 0
    /// Tasks whose outputs are those of an undisturbed run.
    var equal = 0
    var chaos = ChaosReport(figures: [])
    var looks: [ProcessTree] = []
    /// Processes that were left when all browsers had been closed.
    var processesLeft = 0
    var decisions: DecisionReport?

    /// By how much something may have risen and count as flat, in percent.
    static let tolerancePercent: UInt64 = 25

    /// The lower quartiles of something in the second and in the last quarter of the time: in the first the models come
    /// into the pages. What a fault fills until it is seen lies above them, what is never given back raises them.
    private func floors(_ value: (ProcessTree) -> UInt64) -> (first: UInt64, last: UInt64) {
        let quarter = max(1, looks.count / 4)
        func floor(_ looks: some Sequence<ProcessTree>) -> UInt64 {
            Quantiles(looks.map(value)).value(percent: 25) ?? 0
        }
        return (floor(looks.dropFirst(quarter).prefix(quarter)), floor(looks.suffix(quarter)))
    }

    private var quantities: [(name: String, label: String, floors: (first: UInt64, last: UInt64))] {
        [
            ("processes", "processes", floors { UInt64($0.processes) }),
            ("browser_bytes", "browsers", floors(\.bytes)),
            ("engine_bytes", "engine", floors(\.ownBytes)),
        ]
    }

    /// Looks below which nothing is said of growth.
    static let leastLooks = 8

    private func isFlat(_ floors: (first: UInt64, last: UInt64)) -> Bool {
        looks.count < Self.leastLooks || floors.last * 100 <= floors.first * (100 + Self.tolerancePercent)
    }

    /// What is not as it should be, in words; none when all is.
    var problems: [String] {
        var problems: [String] = []
        if succeeded < tasks { problems.append("\(Format.count(tasks - succeeded, "task")) did not succeed") }
        if itemsOnce < tasks {
            problems.append("\(Format.count(tasks - itemsOnce, "task")) lack an item, or have one twice")
        }
        if equal < tasks {
            problems.append("\(Format.count(tasks - equal, "task")) gave other outputs than undisturbed ones")
        }
        for quantity in quantities where !isFlat(quantity.floors) {
            problems.append("\(quantity.label) grew by more than \(Self.tolerancePercent) %")
        }
        if processesLeft > 0 { problems.append("processes left behind: \(processesLeft)") }
        if decisions?.divergence != nil {
            problems.append("a decision is not taken again: weir verify --decisions")
        }
        return problems
    }

    var text: String {
        var lines = LabelledLines()
        lines.add(
            "soak",
            "\(soak.seconds) s, \(Format.count(soak.browsers, "browser")), \(soak.rate) faults a second, seed \(soak.seed)"
        )
        lines.add("models", models.joined(separator: ", "))
        lines.add(
            "tasks", "\(succeeded) of \(tasks) succeeded, \(items) items, each once in \(itemsOnce) tasks")
        lines.add("outputs", "those of an undisturbed run in \(equal) of \(tasks)")
        for (name, label, (first, last)) in quantities {
            let isMemory = name != "processes"
            let values = [first, last].map { isMemory ? Format.bytes($0) : "\($0)" }
            lines.add(label, values.joined(separator: ", then ") + (isMemory ? " (PSS)" : ""))
        }
        lines.add("", "lower quartiles of the second and of the last quarter of the time")
        if looks.count < Self.leastLooks { lines.add("", "too short a time to say whether they grow") }
        lines.add("left", "processes at the end: \(processesLeft)")
        for line in decisions?.agreement ?? [] { lines.add(line.label, line.value) }
        lines.add(line: "")
        lines.add(line: chaos.text)
        lines.add(line: "")
        for problem in problems { lines.add("WRONG", problem) }
        if problems.isEmpty { lines.add(line: "ok") }
        return lines.text
    }

    var json: String {
        var writer = JSONWriter()
        writer.braces { writer in
            writer.key("sound")
            writer.raw("\(problems.isEmpty)")
            writer.strings("problems", problems)
            writer.strings("models", models)
            let numbers: [(String, UInt64)] = [
                ("seconds", UInt64(soak.seconds)), ("browsers", UInt64(soak.browsers)), ("seed", soak.seed),
                ("tasks", UInt64(tasks)), ("succeeded", UInt64(succeeded)), ("items", items),
                ("tasks_with_every_item_once", UInt64(itemsOnce)), ("equal_outputs", UInt64(equal)),
                ("processes_left", UInt64(processesLeft)),
            ]
            for (key, value) in numbers {
                writer.key(key)
                writer.raw("\(value)")
            }
            writer.key("rate")
            writer.raw("\(soak.rate)")
            for quantity in quantities {
                writer.key(quantity.name)
                writer.raw("[\(quantity.floors.first),\(quantity.floors.last)]")
            }
            writer.key("faults")
            writer.raw(chaos.json)
        }
        return writer.string
    }
}
