import Pool

/// How things ended that were asked of browsers, one after another, in the order in which they were asked.
struct AskedCourses: Sendable {
    private var courses: [Course?] = []
    private var pending: [ObligationID: (place: Int, began: EventTime)] = [:]

    /// All that ended; what an engine's end cut short is not among them.
    var ended: [Course] { courses.compactMap { $0 } }

    mutating func ask(_ obligation: ObligationID, at time: EventTime) {
        pending[obligation] = (courses.count, time)
        courses.append(nil)
    }

    /// It ended, well or with a fault; nothing when it was not pending.
    mutating func end(_ obligation: ObligationID, _ fault: Fault? = nil, at time: EventTime) {
        guard let (place, began) = pending.removeValue(forKey: obligation) else { return }
        courses[place] = Course(fault: fault, afterNs: time.nanoseconds(since: began))
    }

    /// It never ended, and was given up.
    mutating func hang(_ obligation: ObligationID, _ fault: Fault) {
        guard let (place, _) = pending.removeValue(forKey: obligation) else { return }
        courses[place] = Course(fault: fault, afterNs: nil)
    }

    /// Whatever is pending is so no more.
    mutating func cutShort() { pending = [:] }
}
