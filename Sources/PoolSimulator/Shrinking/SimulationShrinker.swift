import Pool

/// Looks for a smaller simulation that shows the same: fewer faults and tasks, a shorter time, a plainer policy.
///
/// First everything that struck by chance is ordered for the time at which it struck, so that each fault can be left
/// out by itself. Then parts are left out by halves, quarters and so on down to single ones, as in delta debugging
/// (Zeller and Hildebrandt, "Simplifying and Isolating Failure-Inducing Input", IEEE TSE 28, 2002), until nothing more
/// can go. The seed stays.
public struct SimulationShrinker {
    private let shows: (SimulationResult) -> Bool
    private let limit: Int
    private var smallest: ShrunkSimulation

    /// The smallest simulation that was found, or nil when the given one does not show it.
    ///
    /// - Parameters:
    ///   - limit: How many simulations are run at most. Fewer are when the calling task is cancelled.
    ///   - shows: Whether a simulation shows what is looked for.
    public static func shrink(
        _ configuration: SimulationConfiguration, limit: Int = 2_000,
        while shows: (SimulationResult) -> Bool
    ) -> ShrunkSimulation? {
        withoutActuallyEscaping(shows) { shows in
            let first = Simulation(configuration).run()
            guard shows(first) else { return nil }
            var shrinker = SimulationShrinker(
                shows: shows, limit: limit,
                smallest: ShrunkSimulation(configuration: configuration, result: first, runs: 1))
            while shrinker.pass() {}
            return shrinker.smallest
        }
    }

    /// Tries everything once; false when nothing could go.
    private mutating func pass() -> Bool {
        let before = smallest.configuration
        orderFaults()
        thin(\.workload.tasks)
        thin(\.faults.injections)
        for rate in FaultPlan.rates { attempt { $0.faults[keyPath: rate.path] = 0 } }
        for rate in FaultPlan.rates { attempt { $0.faults[keyPath: rate.path] /= 2 } }
        simplifySurroundings()
        for index in smallest.configuration.workload.tasks.indices { simplifyTask(index) }
        return smallest.configuration != before && !isOver
    }

    /// Leaves nothing to chance.
    private mutating func orderFaults() {
        let struck = smallest.result.struck
        attempt { $0.faults = $0.faults.ordering(struck) }
    }

    private mutating func simplifySurroundings() {
        attempt { $0.laterPolicy = nil }
        attempt { $0.faults.durabilityDelayMs = 0 }
        attempt { $0.faults.endsAtMs /= 2 }
        attempt { $0.workload.cancelSuspendedPerMille = 0 }
        attempt { $0.policy.warmBrowsers = 0 }
        attempt { $0.policy.lanesPerBrowser = 1 }
        attempt {
            $0.policy.maxConnections = max(1, $0.policy.maxConnections / 2)
            $0.policy.warmBrowsers = min($0.policy.warmBrowsers, $0.policy.maxConnections)
        }
    }

    private mutating func simplifyTask(_ index: Int) {
        attempt { $0.workload.tasks[index].cancelAfterMs = nil }
        attempt { $0.workload.tasks[index].spec.deadlineMs = 0 }
        attempt { $0.workload.tasks[index].spec.itemsTotal = 1 }
        attempt {
            $0.workload.tasks[index].spec.itemsTotal = max(1, $0.workload.tasks[index].spec.itemsTotal / 2)
        }
    }

    /// Leaves out elements: half of them, a quarter, and so on.
    private mutating func thin<Element>(_ path: WritableKeyPath<SimulationConfiguration, [Element]>) {
        var size = (smallest.configuration[keyPath: path].count + 1) / 2
        while size > 0 {
            var start = 0
            while start < smallest.configuration[keyPath: path].count {
                let end = min(start + size, smallest.configuration[keyPath: path].count)
                if !attempt({ $0[keyPath: path].removeSubrange(start..<end) }) { start += size }
            }
            size /= 2
        }
    }

    private var isOver: Bool { smallest.runs >= limit || Task.isCancelled }

    /// Keeps a change if the simulation still shows what is looked for.
    @discardableResult
    private mutating func attempt(_ change: (inout SimulationConfiguration) -> Void) -> Bool {
        var changed = smallest.configuration
        change(&changed)
        guard changed != smallest.configuration, !isOver else { return false }
        smallest.runs += 1
        let result = Simulation(changed).run()
        guard shows(result) else { return false }
        smallest.configuration = changed
        smallest.result = result
        return true
    }
}
