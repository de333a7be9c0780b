import Pool

/// Counts reports that changed nothing, so that the log gets at most one event per cause per second.
struct RefusalTally: Sendable {
    private struct Entry {
        var refusal: Refusal
        var count: UInt64 = 0
        var lastSubject: UInt64 = 0
        var notBefore = EventTime.zero
    }

    private var entries = Refusal.allCases.map { Entry(refusal: $0) }

    mutating func count(_ refusal: Refusal, subject: UInt64) {
        for index in entries.indices where entries[index].refusal == refusal {
            entries[index].count += 1
            entries[index].lastSubject = subject
        }
    }

    func due(at now: EventTime) -> ReportsRefused? {
        entries.first { $0.count > 0 && $0.notBefore <= now }.map {
            ReportsRefused(refusal: $0.refusal, count: $0.count, lastSubject: $0.lastSubject)
        }
    }

    var nextDue: EventTime? { entries.filter { $0.count > 0 }.map(\.notBefore).min() }

    mutating func recorded(_ refusal: Refusal, at now: EventTime) {
        for index in entries.indices where entries[index].refusal == refusal {
            entries[index].count = 0
            entries[index].notBefore = now.adding(milliseconds: 1000)
        }
    }
}
