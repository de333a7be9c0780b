import Pool
import Projections

/// What is run and done to set a failure up: a slice of it, as a whole or made smaller.
struct ReproductionPlan: Equatable {
    /// In the order of the slice.
    var runs: [Run]
    var faults: [SlicedFault]

    /// A run of the slice that is run again.
    struct Run: Equatable {
        /// Which one of the slice's it is.
        var index: Int
        /// Items to run.
        var items: Range<UInt64>
        /// What the model carries on from the items before.
        var checkpoint: Payload?
    }

    /// Least number of items beyond the failure that its run is given: what is injected may be seen later than it was.
    private static let leastMargin: UInt64 = 256

    /// - Parameter limit: How many of the runs that had ended before are run again, the last ones.
    init(of slice: FailureSlice, earlierRuns limit: Int) {
        let ended = slice.runs.indices.filter { !slice.runs[$0].isUnderWay }
        let kept = Set(ended.suffix(limit) + slice.runs.indices.filter { slice.runs[$0].isUnderWay })
        runs = kept.sorted().map { index in
            let run = slice.runs[index]
            // One that had ended early is run as far as it came.
            let end =
                run.isUnderWay
                ? min(run.items.upperBound, run.nextItem + max(Self.leastMargin, run.itemsDone))
                : max(run.nextItem, run.firstItem + 1)
            return Run(index: index, items: run.firstItem..<end, checkpoint: run.checkpoint)
        }
        faults = slice.faults
    }

    /// The runs that had ended before the failure.
    func earlier(in slice: FailureSlice) -> [Run] { runs.filter { !slice.runs[$0.index].isUnderWay } }

    /// The runs that were under way at the failure.
    func underWay(in slice: FailureSlice) -> [Run] { runs.filter { slice.runs[$0.index].isUnderWay } }

    /// Whether a fault is to be done now.
    ///
    /// - Parameters:
    ///   - progress: The first item without a result of every run that has been assigned, by its place in the slice.
    ///   - started: Those whose items have begun.
    ///   - ended: Those that have ended.
    func isDue(
        _ fault: SlicedFault, progress: [Int: UInt64], started: Set<Int>, ended: Set<Int>
    ) -> Bool {
        let last = Int(fault.runsBefore) - 1
        guard fault.underWay else {
            return runs.allSatisfy { $0.index > last || ended.contains($0.index) }
        }
        guard let done = progress[last] else { return false }
        return done >= fault.nextItem && (started.contains(last) || !fault.started)
    }
}

extension SlicedRun {
    /// Whether it is what was interrupted or failed, and not what had ended before.
    var isUnderWay: Bool { open || failing }
}

extension FailureSlice {
    /// Whether the failure follows on something that was done on purpose, so that it comes when it comes.
    func isInjected(by plan: ReproductionPlan) -> Bool { plan.faults.contains { !$0.fault.isHarmless } }
}
