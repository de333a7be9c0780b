import Pool

extension RecoveryStrategy {
    /// What a message says of the names.
    static var allowed: String { names.map { "\"\($0)\"" }.joined(separator: ", ") }

    /// Reads a strategy's name at `path` of a file.
    static func named(_ name: String, key: String, in reader: ObjectReader) throws(UsageError)
        -> RecoveryStrategy
    {
        guard let strategy = RecoveryStrategy(name: name) else {
            throw reader.refusal(key, allowed: allowed)
        }
        return strategy
    }
}
