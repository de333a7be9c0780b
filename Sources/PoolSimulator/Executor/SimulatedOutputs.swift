import Pool
import PoolEngine

/// How far what is recorded of the outputs of tasks is off: all that copies of a task can differ in.
struct SimulatedOutputs: Sendable {
    /// Items of a task whose results are off by as much.
    private struct Results {
        let items: Range<UInt64>
        let offBy: UInt64
    }

    private var copies: Set<TaskID> = []
    private var runs: [ObligationID: (task: TaskID, offBy: UInt64)] = [:]
    private var recorded: [TaskID: [Results]] = [:]

    mutating func began(_ run: Effect.Run, offBy: UInt64) {
        guard copies.contains(run.task) else { return }
        runs[run.obligation] = (run.task, offBy)
    }

    mutating func record(_ event: Event) {
        switch event.payload {
        case .taskCopied: copies.insert(TaskID(event.sequence))
        case .runProgressed(let progressed):
            guard let run = runs[progressed.obligation] else { return }
            let items = progressed.firstItem..<progressed.firstItem + progressed.itemCount
            recorded[run.task, default: []].append(Results(items: items, offBy: run.offBy))
        default: break
        }
    }

    func compared(_ compare: Effect.Compare) -> Report {
        let copies = compare.copies
        let differences = copies.indices.flatMap { left in
            copies[(left + 1)...].map { difference(copies[left], $0, of: compare.spec.itemsTotal) }
        }
        return Report(
            OutputsCompared(
                obligation: compare.obligation, leader: compare.leader, differences: differences))
    }

    func notCompared(_ compare: Effect.Compare) -> Report {
        Report(
            ComparisonFailed(
                obligation: compare.obligation, leader: compare.leader, detail: "simulated"))
    }

    /// The right result of an item is its number plus one.
    private func difference(_ left: TaskID, _ right: TaskID, of itemsTotal: UInt64) -> OutputDifference {
        var difference = OutputDifference(left: left, right: right)
        for item in 0..<itemsTotal {
            let values = (item + 1 + offBy(left, item), item + 1 + offBy(right, item))
            guard values.0 != values.1 else { continue }
            let (less, more) = (min(values.0, values.1), max(values.0, values.1))
            if difference.items == 0 { difference.firstItem = item }
            difference.items += 1
            difference.largestAbsolute = max(difference.largestAbsolute, Double(more - less))
            difference.largestRelative = max(
                difference.largestRelative, Double(more - less) / Double(more))
        }
        return difference
    }

    private func offBy(_ task: TaskID, _ item: UInt64) -> UInt64 {
        recorded[task]?.first { $0.items.contains(item) }?.offBy ?? 0
    }
}
