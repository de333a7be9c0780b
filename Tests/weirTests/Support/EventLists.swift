import Pool
import Projections
import Testing

extension [Event] {
    func ofType(_ name: String) -> [Event] { filter { $0.payload.name.description == name } }

    var firstSubmitted: TaskID? { ofType("task_submitted").first.map { TaskID($0.sequence) } }

    /// Process id of the browser that was launched last.
    var browserPID: Int32? {
        for event in reversed() {
            if case .browserLaunched(let launched) = event.payload { return Int32(launched.facts.pid) }
        }
        return nil
    }

    func results(of task: TaskID) -> [TaskResults.Part] {
        var results = TaskResults(of: task)
        for event in self { results.apply(event) }
        return results.parts
    }

    var history: TaskHistory {
        var history = TaskHistory()
        for event in self { history.apply(event) }
        return history
    }
}

/// Every item has exactly one recorded result, in order (CORE-7).
func expectEachItemOnce(
    _ events: [Event], of task: TaskID, items: UInt64, sourceLocation: SourceLocation = #_sourceLocation
) {
    var next: UInt64 = 0
    for part in events.results(of: task) {
        #expect(part.firstItem == next, "event \(part.sequence)", sourceLocation: sourceLocation)
        next = part.firstItem + part.itemCount
    }
    #expect(next == items, sourceLocation: sourceLocation)
}
