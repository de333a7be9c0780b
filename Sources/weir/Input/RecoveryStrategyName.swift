import Pool

extension RecoveryStrategy {
    /// Reads a strategy's name at `path` of a file.
    static func named(_ name: String, key: String, in reader: ObjectReader) throws(UsageError)
        -> RecoveryStrategy
    {
        guard let strategy = RecoveryStrategy(name: name) else {
            throw reader.unknown(key, name, allowed: names)
        }
        guard strategy == .immediate else {
            throw UsageError(
                "\(reader.path(of: key)) is \"\(name)\", which this version of Weir does not have yet; "
                    + "allowed is \"immediate\"")
        }
        return strategy
    }
}
