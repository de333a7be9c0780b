import BrowserExecutor
import PoolEngine

/// What is done to a pool while the tasks of a command run.
protocol Disturbance: Sendable {
    /// Sets up how browsers are started and watched.
    func adjust(_ configuration: inout BrowserExecutor.Configuration)

    /// Disturbs until it is cancelled or the engine has ended.
    func run(on engine: PoolEngine) async
}
