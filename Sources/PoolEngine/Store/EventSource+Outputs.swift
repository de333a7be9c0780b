import Pool

/// Results of consecutive items of a task, as one event recorded them.
public struct RecordedOutputs: Equatable, Sendable {
    /// First item, from 0.
    public var firstItem: UInt64
    /// Number of items.
    public var itemCount: UInt64
    /// JSON array with one object per item.
    public var outputs: [UInt8]

    public init(firstItem: UInt64, itemCount: UInt64, outputs: [UInt8]) {
        self.firstItem = firstItem
        self.itemCount = itemCount
        self.outputs = outputs
    }
}

extension EventSource {
    /// What is recorded of the outputs of tasks, each in the order of its items: what a comparison of copies needs.
    ///
    /// It reads the log from the first of the tasks on.
    ///
    /// - Throws: What reading throws, such as `EngineError.undecodable`, or the store's error for a blob that is missing.
    public func outputs(of tasks: [TaskID]) throws -> [TaskID: [RecordedOutputs]] {
        guard let first = tasks.min() else { return [:] }
        var runs: [ObligationID: TaskID] = [:]
        var progress: [(task: TaskID, results: RunProgressed)] = []
        try forEachEvent(from: first.sequence) { event, _ in
            switch event.payload {
            case .runAssigned(let assigned) where tasks.contains(assigned.task):
                runs[ObligationID(event.sequence)] = assigned.task
            case .runProgressed(let results):
                if let task = runs[results.obligation] { progress.append((task, results)) }
            default: break
            }
        }
        var outputs: [TaskID: [RecordedOutputs]] = [:]
        for (task, results) in progress {
            let bytes = try results.outputs.digest.map { try blob($0) } ?? results.outputs.inline
            outputs[task, default: []].append(
                RecordedOutputs(
                    firstItem: results.firstItem, itemCount: results.itemCount, outputs: bytes))
        }
        return outputs
    }
}
