import BrowserExecutor
import EventLog
import Foundation
import Pool
import PoolEngine
import Projections

/// The results of one task, as they stand in the log.
struct RunOutcome {
    let task: TaskRecord
    /// One JSON object per item, in order, as the runtime gave it.
    private(set) var outputs: [String] = []
    /// The label that the model gave to each item; nil for models that give none.
    private(set) var labels: [String?] = []
    /// The probability that the model gave to each item, if it gives one.
    private(set) var probabilities: [Double] = []
    /// The task's inputs, for a model that takes sound.
    private(set) var sounds: [UInt8]?
    /// Sequence numbers that were appended by this command; empty when it only read.
    let appended: Range<UInt64>
    let head: UInt64
    /// The cases that the task's items are, if it is a suite of ONNX models.
    let suite: OnnxSuite?

    /// Reads a task and its results from a log.
    ///
    /// - Parameter appended: What this command appended.
    /// - Returns: nil when no task has this id.
    init?(of id: TaskID, in source: some EventSource, appended: Range<UInt64>) throws {
        var results = TaskResults(of: id)
        let history = try source.projected(TaskHistory.self) { results.apply($0) }
        guard let task = history[id] else { return nil }
        let recorded = results.parts.reduce(0) { $0 + $1.itemCount }
        guard recorded >= task.itemsDone else {
            throw FailedError(
                "results of the first \(task.itemsDone - recorded) items of task \(id) were moved to an archive; "
                    + "weir log import makes a log of it in which they can be read")
        }
        self.task = task
        self.appended = appended
        head = try source.durableHead()
        suite = try Self.suite(of: task.spec, in: source)
        for part in results.parts {
            let bytes = try part.outputs.bytes(in: source)
            guard let elements = JSONArrayElements.split(bytes), elements.count == part.itemCount else {
                throw FailedError(
                    "event \(part.sequence) does not hold \(part.itemCount) outputs; run weir verify")
            }
            outputs += elements.map { String(decoding: $0, as: UTF8.self) }
            let results = try JSONDecoder().decode([Result].self, from: Data(bytes))
            labels += results.map(\.label)
            probabilities += results.compactMap(\.probability)
        }
        if task.spec.family == .audio, probabilities.count == outputs.count {
            sounds = try task.spec.inputs.bytes(in: source)
        }
    }

    private static func suite(of spec: TaskSpec, in source: some EventSource) throws -> OnnxSuite? {
        guard spec.runtime == OnnxModel.runtime else { return nil }
        let inputs = try spec.inputs.bytes(in: source)
        return OnnxSuite.isSuite(inputs) ? try OnnxSuite(encoded: inputs) : nil
    }

    private struct Result: Decodable {
        var label: String?
        var probability: Double?
    }

    /// How many items were labelled rightly; nil when the right labels are not known.
    func correct(_ expected: [String]) -> Int? {
        guard !expected.isEmpty else { return nil }
        return labels.enumerated().count { index, label in label == expected[index % expected.count] }
    }
}
