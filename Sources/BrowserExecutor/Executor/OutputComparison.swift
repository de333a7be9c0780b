import Foundation
import Pool
import PoolEngine

/// Compares what two copies of a task gave, item by item.
///
/// An output is a JSON object, and two agree if they have the same form: the same keys, lengths, words and truth values,
/// and numbers a and b with |a − b| ≤ absolute + relative · max(|a|, |b|). Fields that say how an output came about are left
/// out: copies may run on different backends.
struct OutputComparison {
    /// How far two numbers may be apart whatever their size.
    let absolute: Double
    /// How far they may be apart besides, as a part of the larger one.
    let relative: Double
    /// Which backend ran how many nodes, and how far the outputs were from the expected ones.
    private static let incidental: Set<String> = ["nodes", "max_abs_diff"]

    /// What was found of one item.
    private struct Finding {
        var agrees = true
        var largestAbsolute = 0.0
        var largestRelative = 0.0
    }

    /// How far two copies are apart.
    ///
    /// - Parameters:
    ///   - left: An output for each item of the copy that was made first.
    ///   - right: As many of the other one.
    func difference(
        _ left: (task: TaskID, outputs: [JSONValue]), _ right: (task: TaskID, outputs: [JSONValue])
    ) -> OutputDifference {
        var difference = OutputDifference(left: left.task, right: right.task)
        for (item, (one, other)) in zip(left.outputs, right.outputs).enumerated() {
            var finding = Finding()
            compare(one, other, &finding)
            difference.largestAbsolute = max(difference.largestAbsolute, finding.largestAbsolute)
            difference.largestRelative = max(difference.largestRelative, finding.largestRelative)
            guard !finding.agrees else { continue }
            if difference.items == 0 { difference.firstItem = UInt64(item) }
            difference.items += 1
        }
        return difference
    }

    private func compare(_ left: JSONValue, _ right: JSONValue, _ finding: inout Finding) {
        switch (left, right) {
        case (.number(let one), .number(let other)): compare(one, other, &finding)
        case (.array(let ones), .array(let others)):
            if ones.count != others.count { finding.agrees = false }
            for (one, other) in zip(ones, others) { compare(one, other, &finding) }
        case (.object(let ones), .object(let others)):
            let keys = Set(ones.keys).union(others.keys).subtracting(Self.incidental)
            for key in keys {
                if let one = ones[key], let other = others[key] {
                    compare(one, other, &finding)
                } else {
                    finding.agrees = false
                }
            }
        default: if left != right { finding.agrees = false }
        }
    }

    private func compare(_ one: Double, _ other: Double, _ finding: inout Finding) {
        if one == other { return }
        let gap = abs(one - other)
        let larger = max(abs(one), abs(other))
        finding.largestAbsolute = max(finding.largestAbsolute, gap)
        finding.largestRelative = max(finding.largestRelative, gap / larger)
        if !(gap <= absolute + relative * larger) { finding.agrees = false }
    }
}

extension Effect.Compare {
    /// The report on a comparison of what is recorded.
    func report(of recorded: Result<[TaskID: [RecordedOutputs]], any Error>) -> Report {
        do {
            let recorded = try recorded.get()
            let given = try copies.map { (task: $0, outputs: try outputs(of: $0, in: recorded)) }
            let comparison = OutputComparison(absolute: absolute, relative: relative)
            let differences = given.indices.flatMap { left in
                given[(left + 1)...].map { comparison.difference(given[left], $0) }
            }
            return Report(
                OutputsCompared(obligation: obligation, leader: leader, differences: differences))
        } catch {
            return Report(
                ComparisonFailed(obligation: obligation, leader: leader, detail: "\(error)"))
        }
    }

    private func outputs(
        of copy: TaskID, in recorded: [TaskID: [RecordedOutputs]]
    ) throws -> [JSONValue] {
        var outputs: [JSONValue] = []
        for part in recorded[copy] ?? [] {
            guard case .array(let items) = try JSONValue(json: Data(part.outputs)),
                part.firstItem == UInt64(outputs.count), items.count == Int(part.itemCount)
            else { throw IncompleteOutputs(task: copy, item: UInt64(outputs.count)) }
            outputs += items
        }
        guard outputs.count == spec.itemsTotal else {
            throw IncompleteOutputs(task: copy, item: UInt64(outputs.count))
        }
        return outputs
    }
}

/// What is recorded of a copy is not an output for each of its items.
struct IncompleteOutputs: Error, CustomStringConvertible {
    let task: TaskID
    /// The first item without one.
    let item: UInt64

    var description: String { "the log has no output of item \(item) of task \(task)" }
}
