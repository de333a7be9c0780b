import Pool
import PoolEngine
import Testing

extension EngineIdentity {
    static let test = EngineIdentity(version: "test", host: "host", pid: 1, simulated: true)
}

extension TaskSpec {
    static func test(items: UInt64 = 4) -> TaskSpec {
        var spec = TaskSpec(model: "model", runtime: "test", itemsTotal: items, inputsCount: 1)
        spec.backends = [.webgpu]
        return spec
    }
}

extension EventStore {
    /// Every durable event.
    func events() throws -> [Event] {
        var events: [Event] = []
        try forEachEvent { event, _ in events.append(event) }
        return events
    }

    func names() throws -> [String] { try events().map(\.payload.name.description) }
}

struct NeverHappened: Error {}

/// Waits until something has come about in another task; gives up after a time that no healthy machine needs.
func eventually(_ condition: () async throws -> Bool) async throws {
    let end = ContinuousClock.now + .seconds(30)
    while try await !condition() {
        guard ContinuousClock.now < end else { throw NeverHappened() }
        try await Task.sleep(for: .milliseconds(1))
    }
}
