/// The records of a log from a position on, those to come included.
public struct EventLogFollower: AsyncSequence, Sendable {
    /// A durable record.
    public typealias Element = Record
    /// Damage that was met, or a system's failure. Closing and cancelling end the sequence without an error.
    public typealias Failure = EventLogError

    let lease: EnvironmentLease
    let first: UInt64

    /// Begins at the first position again.
    public func makeAsyncIterator() -> Iterator {
        Iterator(lease: lease, next: first)
    }

    /// Reads a page at a time and waits without a transaction.
    public struct Iterator: AsyncIteratorProtocol {
        let lease: EnvironmentLease
        var next: UInt64
        private var page: [Record] = []
        private var pageIndex = 0

        private static let pageSize = 256

        init(lease: EnvironmentLease, next: UInt64) {
            self.lease = lease
            self.next = next
        }

        /// The next record, or nil when the task was cancelled or the log closed.
        public mutating func next(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(EventLogError) -> Record? {
            while !Task.isCancelled, lease.isOpen {
                if pageIndex < page.count {
                    pageIndex += 1
                    return page[pageIndex - 1]
                }
                do throws(EventLogError) {
                    try await turnPage()
                } catch .closed {
                    return nil
                }
            }
            return nil
        }

        /// The next record, or nil when the task was cancelled or the log closed.
        public mutating func next() async throws(EventLogError) -> Record? {
            try await next(isolation: nil)
        }

        /// Reads the next page, or waits until there is reason to look again.
        private mutating func turnPage(
            isolation actor: isolated (any Actor)? = #isolation
        ) async throws(EventLogError) {
            let generation = lease.changes.generation
            page.removeAll(keepingCapacity: true)
            pageIndex = 0
            let transactionID = try lease.current().read { transaction throws(EventLogError) in
                if next == 0 { next = try transaction.base() + 1 }
                try transaction.requireKept(next)
                try readPage(transaction)
                return transaction.id
            }
            next += UInt64(page.count)
            guard page.isEmpty else { return }
            if !lease.hasWriter { lease.watchForeignCommits(since: transactionID) }
            await lease.changes.wait(past: generation)
        }

        private mutating func readPage(
            _ transaction: borrowing ReadTransaction
        ) throws(EventLogError) {
            do {
                _ = try transaction.forEachRecord(
                    from: next, head: try transaction.head(), limit: .init(records: Self.pageSize),
                    checking: true
                ) { page.append(Record($0)) }
            } catch let error as EventLogError {
                throw error
            } catch {
                preconditionFailure("unexpected error \(error)")
            }
        }
    }
}
