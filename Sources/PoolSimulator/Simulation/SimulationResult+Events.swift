import Pool
import PoolEngine

extension SimulationResult {
    /// Everything that became durable, in order.
    var events: [Event] {
        var events: [Event] = []
        do {
            try log.forEachEvent { event, _ in events.append(event) }
        } catch {
            preconditionFailure("the log of a simulation cannot be read: \(error)")
        }
        return events
    }
}
