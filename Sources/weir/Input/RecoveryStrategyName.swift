import Pool

extension RecoveryStrategy {
    /// What a message says of the names.
    static var allowed: String {
        let later = names.filter { $0 != immediate.name.description }.joined(separator: ", ")
        return "\"immediate\" (not in this version yet: \(later))"
    }

    /// Reads a strategy's name at `path` of a file.
    static func named(_ name: String, key: String, in reader: ObjectReader) throws(UsageError)
        -> RecoveryStrategy
    {
        guard let strategy = RecoveryStrategy(name: name) else {
            throw reader.refusal(key, allowed: allowed)
        }
        guard strategy == .immediate else { throw reader.notYet(key, allowed: "\"immediate\"") }
        return strategy
    }
}
