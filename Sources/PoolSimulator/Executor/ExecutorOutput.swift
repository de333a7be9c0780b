import Pool
import PoolEngine

/// What came of one thing that happened inside the simulated executor.
struct ExecutorOutput: Sendable {
    /// What it did, in order.
    var acts: [ExecutorAct] = []
    /// What it has to say, in order.
    var reports: [Report] = []
    /// What will happen inside it later.
    var later: [(occurrence: ExecutorOccurrence, afterNs: UInt64)] = []

    mutating func plan(_ occurrence: ExecutorOccurrence, afterMs: UInt64) {
        later.append((occurrence, afterMs * 1_000_000))
    }

    /// Plans that something ends, if it ever does.
    mutating func plan(_ occurrence: ExecutorOccurrence, _ course: Course) {
        if let afterNs = course.afterNs { later.append((occurrence, afterNs)) }
    }
}
