/// A simulation that shows what a larger one showed.
public struct ShrunkSimulation: Sendable {
    public var configuration: SimulationConfiguration
    public var result: SimulationResult
    /// How many simulations it took to find it.
    public var runs: Int
}
