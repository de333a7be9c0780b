/// A copy cannot go where another copy of its task is or was. When a full pool has nothing else for it, a browser gives way
/// to a new one, so that the copy does not wait for ever (CORE-4).
extension Decider {
    /// Says whether a browser gives way or a copy has ended.
    mutating func makeRoomForCopies(cause: UInt64) -> Bool {
        // While no copy has results yet, those that run will leave room.
        let groups = state.begunGroups { group in
            group.isRunning && group.copies.contains { !$0.runs.isEmpty }
        }
        var isChanged = false
        for copy in groups.flatMap(\.copies) where copy.phase == .running {
            guard let task = state.tasks.find(copy.task), state.isQueued(task.id), isStranded(task) else {
                continue
            }
            if state.browsers.count < Int(state.policy.maxConnections), state.memory.room > 0 {
                if mayLaunch { continue }
                let detail = "no browser can be launched besides those that ran other copies of its task"
                fail(task.id, .noOtherBrowser, detail, cause: cause)
                isChanged = true
            } else if let browser = browserToGiveWay(to: task) {
                emit(
                    BrowserRecycleDecided(
                        browser: browser.id, reason: .copies, ageMs: browser.ageMs(at: now),
                        runsCompleted: browser.runsCompleted, memoryBytes: browser.memoryBytes),
                    cause: cause)
                isChanged = true
            }
        }
        if isChanged { closeRecycled(cause: cause) }
        return isChanged
    }

    /// Whether no browser of the pool can take a copy now or later.
    private func isStranded(_ task: TaskState) -> Bool {
        let others = state.browsers(ofOtherCopiesThan: task)
        let needs = TaskNeeds(of: task)
        return !state.browsers.contains { browser in
            if others.contains(browser.pointee.id) { return browser.pointee.recycling == .copies }
            return !browser.pointee.phase.isUsable || browser.pointee.meets(needs)
        }
    }

    /// The browser with the least work of those that ran other copies.
    private func browserToGiveWay(to task: TaskState) -> BrowserState? {
        let others = state.browsers(ofOtherCopiesThan: task)
        return state.browsers.filter {
            others.contains($0.pointee.id) && $0.pointee.phase.isUsable && $0.pointee.recycling == nil
        }.min { ($0.lanesTaken, $0.id) < ($1.lanesTaken, $1.id) }
    }
}
