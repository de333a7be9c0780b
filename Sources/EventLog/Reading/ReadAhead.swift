/// Reads a log's pages on a thread of its own, while whoever takes them is at work with one before.
///
/// Records are taken out of the map, so that a transaction lasts no longer than that takes (LOG-6), whatever is done with
/// them.
final class ReadAhead<Batch: RecordBatch>: Sendable {
    /// A page of records.
    struct Page: Sendable {
        let batch: Batch
        /// What ended the reading after them.
        var failure: (any Error)?
    }

    private let state = Monitor(State())

    private struct State {
        var filled = State.roomForAll
        var spare = (0..<ReadAhead.pages).map { _ in Batch() }
        /// No page comes after those that are filled.
        var isComplete = false
        /// Nobody takes another.
        var isAbandoned = false
        var hasThread = true

        private static var roomForAll: [Page] {
            var pages: [Page] = []
            pages.reserveCapacity(ReadAhead.pages)
            return pages
        }
    }

    /// One that is filled, one that is taken, and some between them, for neither takes the same time for each: a page that
    /// has to be read from the disk takes longer.
    private static var pages: Int { 16 }

    private let first: UInt64
    private let readPage: @Sendable (inout UInt64, Batch) throws -> Bool

    /// Starts to read; nil if the system has no thread.
    ///
    /// - Parameter readPage: Appends a page of records from a position on, which it moves behind them, and says whether
    ///   there is none after it. It runs on the thread.
    init?(
        from first: UInt64,
        _ readPage: @escaping @Sendable (_ next: inout UInt64, _ batch: Batch) throws -> Bool
    ) {
        self.first = first
        self.readPage = readPage
        do throws(DetachedThread.Refusal) {
            try DetachedThread.start { self.fill() }
        } catch {
            return nil
        }
    }

    private func fill() {
        var next = first
        var isComplete = false
        while !isComplete, let batch = takeSpare() {
            var page = Page(batch: batch)
            do {
                isComplete = try readPage(&next, batch)
            } catch {
                page.failure = error
                isComplete = true
            }
            state.change { state in
                state.filled.append(page)
                state.isComplete = isComplete
            }
        }
        state.change { $0.hasThread = false }
    }

    private func takeSpare() -> Batch? {
        state.wait { state -> Batch?? in
            if state.isAbandoned { return .some(nil) }
            return state.spare.popLast().map { .some($0) }
        }
    }

    /// The next page; nil when there is none.
    func next() -> Page? {
        state.wait { state -> Page?? in
            if !state.filled.isEmpty { return .some(state.filled.removeFirst()) }
            return state.isComplete ? .some(nil) : nil
        }
    }

    /// Has the batch of a page that was taken filled anew.
    func giveBack(_ batch: Batch) {
        batch.removeAll()
        state.change { $0.spare.append(batch) }
    }

    /// Waits until the thread has no transaction any more.
    func end() {
        state.change { $0.isAbandoned = true }
        state.wait { $0.hasThread ? nil : () }
    }
}
