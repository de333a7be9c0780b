import Pool

/// What was recorded of runs, by model and backend: what is drawn for another run is of one that is as like it as can
/// be.
struct ByModel<Value: Sendable>: Sendable {
    private struct Key: Hashable {
        /// Any when nil.
        var model: Digest?
        /// Any when nil.
        var backend: Backend?
    }

    private var values: [Key: [Value]] = [:]

    mutating func add(_ value: Value, model: Digest, backend: Backend) {
        for key in Self.keys(model, backend) { values[key, default: []].append(value) }
    }

    /// One of the same model on the same backend, or else of the model, or else of any; nil without a record.
    func draw(model: Digest, backend: Backend, _ random: inout SplitMix64) -> Value? {
        for key in Self.keys(model, backend) { if let found = values[key] { return random.pick(found) } }
        return nil
    }

    private static func keys(_ model: Digest, _ backend: Backend) -> [Key] {
        [Key(model: model, backend: backend), Key(model: model, backend: nil), Key(model: nil, backend: nil)]
    }
}
