import BrowserExecutor
import Pool
import PoolEngine

/// Injects a fault once into every task, when first results of it are recorded and everything else in the pool is ready.
struct TaskwiseInjector: Disturbance {
    let fault: InjectedFault

    func adjust(_ configuration: inout BrowserExecutor.Configuration) {
        ChaosLimits.set(in: &configuration, for: [fault])
        FaultTable.adjust(&configuration)
    }

    func run(on engine: PoolEngine) async {
        var struck: Set<TaskID> = []
        for await event in await engine.events() {
            guard case .runProgressed(let progressed) = event.payload else { continue }
            let state = await engine.state
            guard let allocation = state.allocations.find(progressed.allocation),
                !struck.contains(allocation.task),
                !state.obligations.entities.contains(where: { $0.kind == .launch || $0.kind == .prepare })
            else { continue }
            // What cannot be struck yet is tried again with its next results.
            guard (try? await engine.inject(fault, into: allocation.browser)) != nil else { continue }
            struck.insert(allocation.task)
        }
    }
}
