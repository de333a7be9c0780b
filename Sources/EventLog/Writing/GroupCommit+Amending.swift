extension GroupCommit {
    /// Takes up an existing log, and puts right what a failed commit has left.
    static func takingUp(
        _ environment: Environment, _ options: EventLog.Options
    ) throws(EventLogError) -> GroupCommit {
        var commit = try GroupCommit(environment, options: options)
        try commit.replaceTornMetaPage()
        return commit
    }

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
        // The index may have changed.
        joiner.forget()
    }

    /// Replaces the older meta page if a commit that failed has left its trees in it, by committing nothing; see
    /// ``SavedMetaPage``. To readers such a page means nothing, but verify could not tell it from the newest one, set
    /// back to an older transaction.
    private mutating func replaceTornMetaPage() throws(EventLogError) {
        guard try !PageAudit.isOlderStateSound(environment.files) else { return }
        try amend("replace the meta page of a failed commit") { _ in 0 }
    }
}
