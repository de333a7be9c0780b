/// What must be true before an event of a redundancy group can happen.
extension PoolState {
    func check(_ copied: TaskCopied) throws(Obstacle) {
        if let group = groups.placeIfPresent(of: copied.leader) {
            // Each may be followed by one that breaks a tie.
            try require(
                groups[at: group].copies.count <= Int(TaskSpec.redundancyLimit),
                "task \(copied.leader) has as many copies as one can have")
            return
        }
        let task = tasks[at: try tasks.required(copied.leader, "task")]
        try require(task.leader == nil, "task \(task.id) is a copy itself")
        try require(
            task.phase == .queued && task.allocation == nil && task.recovery == nil && task.retryAt == .zero
                && !isQueued(task.id),
            "task \(task.id) runs itself")
    }

    func check(_ decided: ComparisonDecided) throws(Obstacle) {
        let group = try groups.required(decided.leader, "group")
        try require(
            groups[at: group].comparison == nil, "the copies of task \(decided.leader) are compared already")
    }

    /// Checks that a report answers the comparison of a group.
    func checkComparison(_ id: ObligationID, of leader: TaskID) throws(Obstacle) {
        let group = try groups.required(leader, "group")
        try require(
            groups[at: group].comparison == id, "the copies of task \(leader) are not compared in \(id)")
    }

    func check(_ served: ResultServed) throws(Obstacle) {
        let group = groups[at: try groups.required(served.leader, "group")]
        try require(group.served == nil, "task \(served.leader) has been served")
        try require(group.votes.contains(served.result), "task \(served.result) has not voted")
    }

    /// A group ends when none of its copies is a task any more.
    func checkEnd(ofGroup leader: TaskID) throws(Obstacle) {
        let group = try groups.required(leader, "group")
        try require(!groups[at: group].isRunning, "a copy of task \(leader) has not ended")
    }

    /// What in the groups of this state no fold could have given, in words.
    var contradictionOfGroups: String? {
        for group in groups.entities {
            for copy in group.copies {
                let isTask = tasks.find(copy.task)?.leader == group.id
                if isTask != (copy.phase == .running) {
                    return "the copy \(copy.task) of task \(group.id) is not the task that it should be"
                }
            }
            if let comparison = group.comparison, obligations.find(comparison)?.task != group.id {
                return "the copies of task \(group.id) have the comparison \(comparison), which is not theirs"
            }
            if group.served == nil, !tasks.contains(group.id) {
                return "the copies of task \(group.id) are there, and the task is not"
            }
        }
        for task in tasks.entities {
            guard let leader = task.leader else { continue }
            if groups.find(leader)?.copies.contains(where: { $0.task == task.id }) != true {
                return "task \(task.id) is a copy of task \(leader), which does not know it"
            }
        }
        return nil
    }
}
