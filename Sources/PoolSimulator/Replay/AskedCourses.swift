import Pool

/// How something ended that was asked of a browser.
struct AskedCourse: Equatable, Sendable {
    var course: Course
    /// It was cut short: it would have ended, in some way, but later than its course says.
    var isCutShort = false
}

/// How things ended that were asked of browsers, one after another, in the order in which they were asked.
struct AskedCourses: Sendable {
    private var courses: [AskedCourse?] = []
    private var pending: [ObligationID: (place: Int, began: EventTime)] = [:]

    /// All of whose end something is known.
    var known: [AskedCourse] { courses.compactMap { $0 } }

    mutating func ask(_ obligation: ObligationID, at time: EventTime) {
        pending[obligation] = (courses.count, time)
        courses.append(nil)
    }

    /// It ended, well or with a fault; nothing when it was not pending.
    mutating func end(_ obligation: ObligationID, _ fault: Fault? = nil, at time: EventTime) {
        guard let (place, began) = pending.removeValue(forKey: obligation) else { return }
        courses[place] = AskedCourse(course: Course(fault: fault, afterNs: time.nanoseconds(since: began)))
    }

    /// It never ended, and was given up.
    mutating func hang(_ obligation: ObligationID, _ fault: Fault) {
        guard let (place, _) = pending.removeValue(forKey: obligation) else { return }
        courses[place] = AskedCourse(course: Course(fault: fault, afterNs: nil))
    }

    /// It had not ended when its browser failed or the engine ended; nothing when it was not pending.
    mutating func cutShort(_ obligation: ObligationID, at time: EventTime) {
        guard let (place, _) = pending[obligation] else { return }
        end(obligation, at: time)
        courses[place]?.isCutShort = true
    }

    /// Nothing that is pending had ended when the engine did.
    mutating func cutShort(at time: EventTime) {
        for obligation in pending.keys { cutShort(obligation, at: time) }
    }

    /// Nothing is pending any more, and nothing is known of the end of what was.
    mutating func forget() { pending = [:] }
}
