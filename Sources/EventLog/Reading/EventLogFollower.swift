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
        /// How often the log of another process is asked for news.
        private static let pollNanoseconds: UInt64 = 25_000_000

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
            let read = try lease.current().read { transaction throws(EventLogError) in
                try transaction.page(from: next, limit: Self.pageSize)
            }
            guard read.entries.isEmpty else {
                page = read.records
                pageIndex = 0
                next += UInt64(page.count)
                return
            }
            if lease.hasWriter {
                await lease.changes.wait(past: generation)
                return
            }
            while !Task.isCancelled, lease.changes.generation == generation, !lease.hasWriter,
                try lease.current().lastTransactionID() == read.transactionID
            {
                // A cancelled sleep throws; the loop's condition sees it.
                try? await Task.sleep(nanoseconds: Self.pollNanoseconds)
            }
        }
    }
}
