import EventLog
import Foundation
import Pool
import PoolEngine
import Projections

/// The results of one task, as they stand in the log.
struct RunOutcome {
    let task: TaskRecord
    /// One JSON object per item, in order.
    let outputs: [String]
    /// Sequence numbers that were appended by this command; empty when it only read.
    let appended: Range<UInt64>
    let head: UInt64

    /// Reads a task and its results from a log.
    ///
    /// - Parameter appended: What this command appended.
    /// - Returns: nil when no task has this id.
    init?(of id: TaskID, in source: some EventSource, appended: Range<UInt64>) throws {
        var history = TaskHistory()
        var results = TaskResults(of: id)
        try source.forEachEvent { event, _ in
            history.apply(event)
            results.apply(event)
        }
        guard let task = history[id] else { return nil }
        self.task = task
        self.appended = appended
        head = try source.durableHead()
        var outputs: [String] = []
        for part in results.parts {
            let bytes = try part.outputs.bytes(in: source)
            outputs += try Self.objects(in: bytes, of: part)
        }
        self.outputs = outputs
    }

    private static func objects(in bytes: [UInt8], of part: TaskResults.Part) throws -> [String] {
        let values = try JSONSerialization.jsonObject(with: Data(bytes)) as? [[String: Any]] ?? []
        guard values.count == part.itemCount else {
            throw FailedError(
                "event \(part.sequence) holds \(values.count) outputs for \(part.itemCount) items; run weir verify"
            )
        }
        return try values.map { value in
            let data = try JSONSerialization.data(withJSONObject: value, options: [.sortedKeys])
            return String(decoding: data, as: UTF8.self)
        }
    }

    /// The label that the model gave to each item; nil for models that give none.
    func labels() throws -> [String?] {
        struct Labelled: Decodable { var label: String? }
        return try outputs.map { try JSONDecoder().decode(Labelled.self, from: Data($0.utf8)).label }
    }

    /// How many items were labelled rightly; nil when the right labels are not known.
    func correct(_ expected: [String]) throws -> Int? {
        guard !expected.isEmpty else { return nil }
        return try labels().enumerated().count { index, label in label == expected[index % expected.count] }
    }
}
