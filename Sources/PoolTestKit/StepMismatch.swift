import Pool

/// What a step did that its test does not name, or did not do though the test names it.
public struct StepMismatch: Error, Equatable, Sendable {
    /// The observation that was taken, by its name in the schema.
    public let observation: String
    /// What is wrong, a line each, at least one.
    public let faults: [String]

    init(observation: some EventMessage, faults: [String]) {
        self.observation = observation.payload.name.description
        self.faults = faults
    }
}

extension StepMismatch: CustomStringConvertible {
    public var description: String {
        "\(observation) does not do what the test says:" + faults.map { "\n  " + $0 }.joined()
    }
}
