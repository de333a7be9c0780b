import ArgumentParser
import Foundation
import Pool
import Projections

/// The attempts to have a failure happen again, and what they came to.
struct Reproduction {
    let source: FailureSource
    let surroundings: Surroundings
    let takesAnyBrowser: Bool
    /// Where the logs of the attempts are kept, each in a folder named by its number.
    let folder: String
    let interrupts = InterruptSignals()
    /// All attempts so far, those of smaller plans included.
    private(set) var made = 0

    init(of source: FailureSource, on surroundings: Surroundings, takesAnyBrowser: Bool, folder: String) {
        self.source = source
        self.surroundings = surroundings
        self.takesAnyBrowser = takesAnyBrowser
        self.folder = folder
    }

    private var slice: FailureSlice { source.slice }

    /// Makes one attempt.
    mutating func attempt(_ plan: ReproductionPlan) async throws -> Outcome {
        made += 1
        return try await ReproductionAttempt(
            source: source, plan: plan, surroundings: surroundings, takesAnyBrowser: takesAnyBrowser,
            folder: "\(folder)/\(made)", interrupts: interrupts
        ).run()
    }

    // MARK: Making it smaller

    /// A smaller plan that still has the failure happen: fewer runs before it, fewer faults, fewer items. What is left
    /// out is tried in turn, and stays out if one of `attempts` attempts without it reproduces the failure.
    ///
    /// - Parameter onCandidate: Called with each plan that is tried, and whether it has the failure happen.
    mutating func minimise(
        _ plan: ReproductionPlan, attempts: Int, onCandidate: (ReproductionPlan, Bool) -> Void
    ) async throws -> ReproductionPlan {
        var best = plan
        for candidate in withoutParts(of: best) {
            if try await fails(candidate, attempts, onCandidate) {
                best = candidate
                break
            }
        }
        // One by one, what is left of them.
        for index in best.runs.indices.reversed() where !slice.runs[best.runs[index].index].isUnderWay {
            var candidate = best
            candidate.runs.remove(at: index)
            if try await fails(candidate, attempts, onCandidate) { best = candidate }
        }
        for index in best.faults.indices.reversed() {
            var candidate = best
            candidate.faults.remove(at: index)
            if try await fails(candidate, attempts, onCandidate) { best = candidate }
        }
        for candidate in later(best) where try await fails(candidate, attempts, onCandidate) {
            best = candidate
            break
        }
        if let candidate = shorter(best), try await fails(candidate, attempts, onCandidate) {
            best = candidate
        }
        return best
    }

    private mutating func fails(
        _ plan: ReproductionPlan, _ attempts: Int, _ onCandidate: (ReproductionPlan, Bool) -> Void
    ) async throws -> Bool {
        var isReproduced = false
        for _ in 0..<attempts where !isReproduced {
            isReproduced = try await attempt(plan).verdict == .reproduced
        }
        onCandidate(plan, isReproduced)
        return isReproduced
    }

    /// The plan without any run before the failure's, and without either half of them.
    private func withoutParts(of plan: ReproductionPlan) -> [ReproductionPlan] {
        let earlier = plan.earlier(in: slice)
        guard !earlier.isEmpty else { return [] }
        let half = earlier.count / 2
        let kept = half == 0 ? [[]] : [[], Array(earlier[half...]), Array(earlier[..<half])]
        return kept.map { kept in
            var smaller = plan
            smaller.runs.removeAll { !slice.runs[$0.index].isUnderWay && !kept.contains($0) }
            return smaller
        }
    }

    /// The plan with a failing run that begins later: at the item of the failure, or nearer to it. A model that carries
    /// something on cannot begin where nothing of that is known.
    private func later(_ plan: ReproductionPlan) -> [ReproductionPlan] {
        guard let place = plan.runs.firstIndex(where: { slice.runs[$0.index].failing }) else { return [] }
        let (planned, recorded) = (plan.runs[place], slice.runs[plan.runs[place].index])
        let faults = plan.faults.filter { $0.underWay && Int($0.runsBefore) - 1 == planned.index }
        let first = planned.items.lowerBound
        let target = faults.map(\.nextItem).min() ?? recorded.nextItem
        guard !recorded.stateful, target > first, target < planned.items.upperBound else { return [] }
        return [target, first + (target - first) / 2].filter { $0 > first }.map { beginning in
            var smaller = plan
            smaller.runs[place].items = beginning..<planned.items.upperBound
            return smaller
        }
    }

    /// The plan whose failing run ends with the item of the failure; nil when the failure is one that comes when it
    /// comes.
    private func shorter(_ plan: ReproductionPlan) -> ReproductionPlan? {
        guard !slice.isInjected(by: plan),
            let place = plan.runs.firstIndex(where: { slice.runs[$0.index].failing })
        else { return nil }
        let (items, recorded) = (plan.runs[place].items, slice.runs[plan.runs[place].index])
        let end = recorded.nextItem + max(1, UInt64(recorded.spec.batchItems))
        guard end < items.upperBound, end > items.lowerBound else { return nil }
        var smaller = plan
        smaller.runs[place].items = items.lowerBound..<end
        return smaller
    }
}
