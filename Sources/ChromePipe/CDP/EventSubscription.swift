/// A subscription to events. It lasts until it is cancelled, or the connection dies.
public struct EventSubscription: Sendable {
    private let end: @Sendable () -> Void

    package init(_ end: @escaping @Sendable () -> Void) { self.end = end }

    /// Ends it. One event may still be on its way.
    public func cancel() {
        end()
    }
}

/// The subscribers of one connection, in the order in which they came. Used on its thread only.
struct EventSubscribers {
    private struct Subscriber {
        let id: UInt64
        let scope: EventScope
        let receive: @Sendable (SessionEvent) -> Void
    }

    private var subscribers: [Subscriber] = []

    mutating func add(
        _ id: UInt64, _ scope: EventScope, _ receive: @escaping @Sendable (SessionEvent) -> Void
    ) {
        subscribers.append(Subscriber(id: id, scope: scope, receive: receive))
    }

    mutating func remove(_ id: UInt64) {
        subscribers.removeAll { $0.id == id }
    }

    mutating func removeAll() {
        subscribers = []
    }

    func wants(_ session: SessionID?) -> Bool {
        subscribers.contains { $0.scope.mayInclude(session) }
    }

    func deliver(_ event: SessionEvent) {
        for subscriber in subscribers where subscriber.scope.includes(event) {
            subscriber.receive(event)
        }
    }

    /// For what everyone must know, whatever their scope.
    func deliverToAll(_ event: SessionEvent) {
        for subscriber in subscribers { subscriber.receive(event) }
    }
}
