import Pool
import PoolEngine
import Synchronization

/// Has tasks of a pool begin in the middle: the pool counts a task's items from 0, and the browser runs those that were
/// recorded of another one, with what the model carried on.
final class SlicedExecutor: Executor {
    private let base: any Executor
    /// By the affinity of the tasks.
    private let beginnings: [String: Beginning]
    /// The first items of runs. A browser makes its reports to whoever had it launched, so that they are told apart by
    /// what they answer.
    private let shifts = Mutex<[ObligationID: UInt64]>([:])

    /// Where a task begins.
    struct Beginning {
        var item: UInt64
        var checkpoint: Payload?
    }

    init(_ base: some Executor, beginnings: [String: Beginning]) {
        self.base = base
        self.beginnings = beginnings
    }

    func perform(_ effect: Effect, report: @escaping @Sendable (Report) -> Void) {
        base.perform(shifted(effect)) { [self] told in
            guard case .runProgressed(var progressed) = told.observation,
                let shift = shifts.withLock({ $0[progressed.obligation] })
            else { return report(told) }
            progressed.firstItem -= shift
            report(Report(progressed, blobs: told.blobs))
        }
    }

    private func shifted(_ effect: Effect) -> Effect {
        guard case .run(var run) = effect, let beginning = beginnings[run.spec.affinity] else {
            return effect
        }
        let shift = beginning.item
        shifts.withLock { $0[run.obligation] = shift }
        run.items = run.items.lowerBound + shift..<run.items.upperBound + shift
        // What it has carried on itself since is newer.
        run.checkpoint = run.checkpoint ?? beginning.checkpoint
        return .run(run)
    }

    func abandon() async { await base.abandon() }

    func aim(
        _ fault: InjectedFault, at browser: BrowserID, _ incarnation: IncarnationID
    ) async throws(InjectionRefusal) -> FaultInjected {
        try await base.aim(fault, at: browser, incarnation)
    }

    func inject(_ fault: FaultInjected) async throws(InjectionRefusal) { try await base.inject(fault) }
}
