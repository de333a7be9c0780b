import Pool
import PoolEngine
import Synchronization

/// An executor that does at once what it is asked for, except for what a test holds back.
final class ScriptedExecutor: Executor {
    typealias Script = @Sendable (Effect) -> [Report]

    private struct State {
        var performed: [Effect] = []
        var reporters: [@Sendable (Report) -> Void] = []
        var isAbandoned = false
        var injected: [FaultInjected] = []
    }

    private let state = Mutex(State())
    private let script: Script
    private let injects: Bool

    /// - Parameter script: What an effect is answered with, in order; nothing for one that hangs.
    /// - Parameter injects: Whether it injects faults, by doing nothing.
    init(injects: Bool = false, _ script: @escaping Script = { $0.success }) {
        self.script = script
        self.injects = injects
    }

    var performed: [Effect] { state.withLock { $0.performed } }
    var injected: [FaultInjected] { state.withLock { $0.injected } }
    var isAbandoned: Bool { state.withLock { $0.isAbandoned } }

    func perform(_ effect: Effect, report: @escaping @Sendable (Report) -> Void) {
        state.withLock { state in
            state.performed.append(effect)
            state.reporters.append(report)
        }
        for answer in script(effect) { report(answer) }
    }

    func aim(
        _ fault: InjectedFault, at browser: BrowserID, _ incarnation: IncarnationID
    ) async throws(InjectionRefusal) -> FaultInjected {
        guard injects else { throw .unsupported(fault) }
        return FaultInjected(fault: fault, browser: browser, incarnation: incarnation, detail: "nothing")
    }

    func inject(_ fault: FaultInjected) async throws(InjectionRefusal) {
        state.withLock { $0.injected.append(fault) }
    }

    func abandon() async { state.withLock { $0.isAbandoned = true } }

    /// Says something outside of the script, as the answer to the latest effect.
    func report(_ report: Report) {
        let reporter = state.withLock { $0.reporters.last }
        reporter?(report)
    }
}

extension Effect {
    /// The reports of an executor whose every effect succeeds.
    var success: [Report] {
        switch self {
        case .launch(let launch):
            let facts = BrowserFacts(
                pid: 1, kind: .simulated, adapter: Adapter(software: true), simulated: true)
            return [
                Report(BrowserLaunched(obligation: launch.obligation, browser: launch.browser, facts: facts))
            ]
        case .close(let close):
            return [Report(BrowserClosed(obligation: close.obligation, browser: close.browser, step: .asked))]
        case .prepare(let prepare):
            return [Report(ModelPrepared(obligation: prepare.obligation, browser: prepare.browser))]
        case .run(let run):
            let (obligation, allocation) = (run.obligation, run.allocation)
            return [
                Report(RunStarted(obligation: obligation, allocation: allocation)),
                Report(
                    RunProgressed(
                        obligation: obligation, allocation: allocation, firstItem: run.items.lowerBound,
                        itemCount: UInt64(run.items.count))),
                Report(RunCompleted(obligation: obligation, allocation: allocation)),
            ]
        case .heal(let heal):
            return [
                Report(
                    RungEnded(
                        obligation: heal.obligation, browser: heal.browser, healed: true,
                        backends: [BackendSupport(backend: .webgpu), BackendSupport(backend: .cpu)]))
            ]
        case .compare(let compare):
            let copies = compare.copies
            let differences = copies.indices.flatMap { left in
                copies[(left + 1)...].map { OutputDifference(left: copies[left], right: $0) }
            }
            return [
                Report(
                    OutputsCompared(
                        obligation: compare.obligation, leader: compare.leader, differences: differences))
            ]
        case .stop(let stop):
            return [Report(RunStopped(obligation: stop.obligation, browser: stop.browser))]
        }
    }

    var isLaunch: Bool { if case .launch = self { true } else { false } }
    var isClose: Bool { if case .close = self { true } else { false } }
    var isRun: Bool { if case .run = self { true } else { false } }
}
