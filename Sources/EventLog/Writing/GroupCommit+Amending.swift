extension GroupCommit {
    /// Commits a change that adds no record: the newest commit's entry becomes one of the new transaction.
    ///
    /// - Throws: ``EventLogError/writingFailed(path:cause:)``.
    mutating func amend(
        _ operation: String, _ body: (TransactionWriting) -> Int32
    ) throws(EventLogError) {
        var commit = last
        commit.transactionID += 1
        do throws(EventLogError) {
            try environment.commit(transaction: commit.transactionID, operation) { writing in
                let code = body(writing)
                return code == 0 ? writing.put(commit) : code
            }
        } catch {
            throw EventLogError.writingFailed(path: environment.files.folder, cause: error)
        }
        last = commit
    }
}
