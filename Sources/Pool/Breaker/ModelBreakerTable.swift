/// The breakers of models on kinds of browsers that are not closed, or have counted a failure. Of those that are closed
/// the one struck longest ago goes when there are too many.
public struct ModelBreakerTable: Sendable, Equatable {
    /// Most breakers that are kept.
    static let limit = 64

    /// In the order of model and browser.
    private(set) var breakers: [ModelBreaker] = []

    init() {}

    /// Whether there is none.
    var isEmpty: Bool { breakers.isEmpty }

    /// Whether it is what events can have given: in order, each there once, and each open one with its end.
    var isSound: Bool {
        breakers.count <= Self.limit
            && zip(breakers, breakers.dropFirst()).allSatisfy { Self.precedes($0, $1) }
            && breakers.allSatisfy { ($0.phase == .open) == ($0.until != .zero) }
    }

    /// The breaker of a model on a kind of browser; one that is not there is closed.
    func breaker(of model: Digest, on browser: BrowserKind) -> ModelBreaker? {
        breakers.first { $0.modelDigest == model && $0.browser == browser }
    }

    /// The breaker that an event opened.
    func breaker(openedBy event: UInt64) -> ModelBreaker? { breakers.first { $0.openedBy == event } }

    /// Counts a failure.
    mutating func strike(_ model: Digest, _ browser: BrowserKind, by event: UInt64) {
        guard let place = place(of: model, browser) else { return }
        breakers[place].strikes = min(breakers[place].strikes, .max - 1) + 1
        breakers[place].struckBy = event
    }

    /// Takes in that a run completed: no failure counts any more.
    mutating func complete(_ model: Digest, _ browser: BrowserKind) {
        guard let place = breakers.firstIndex(where: { $0.modelDigest == model && $0.browser == browser })
        else { return }
        breakers[place].strikes = 0
        if breakers[place].phase == nil { breakers.remove(at: place) }
    }

    /// Changes a breaker, which is there afterwards unless there are too many that are not closed.
    mutating func change(_ model: Digest, _ browser: BrowserKind, _ change: (inout ModelBreaker) -> Void) {
        if let place = place(of: model, browser) { change(&breakers[place]) }
    }

    /// Removes a breaker, which is closed then.
    mutating func remove(_ model: Digest, _ browser: BrowserKind) {
        breakers.removeAll { $0.modelDigest == model && $0.browser == browser }
    }

    /// Where the breaker of a model on a kind of browser stands, put there if it is not; nil when there is no room.
    private mutating func place(of model: Digest, _ browser: BrowserKind) -> Int? {
        let new = ModelBreaker(modelDigest: model, browser: browser)
        if let found = breakers.firstIndex(where: { !Self.precedes($0, new) }),
            !Self.precedes(new, breakers[found])
        {
            return found
        }
        if breakers.count >= Self.limit {
            let closed = breakers.indices.filter { breakers[$0].phase == nil }
            guard let oldest = closed.min(by: { breakers[$0].struckBy < breakers[$1].struckBy }) else {
                return nil
            }
            breakers.remove(at: oldest)
        }
        let place = breakers.firstIndex { !Self.precedes($0, new) } ?? breakers.endIndex
        breakers.insert(new, at: place)
        return place
    }

    private static func precedes(_ left: ModelBreaker, _ right: ModelBreaker) -> Bool {
        if left.modelDigest != right.modelDigest { return left.modelDigest < right.modelDigest }
        return left.browser.rawValue < right.browser.rawValue
    }

    mutating func visit<V: FieldVisitor>(_ visitor: inout V, _ number: Int, _ name: StaticString) {
        visitor.messages(number, name, &breakers)
    }
}
