import Glibc

/// Reads a log's pages on a thread of its own, while whoever takes them is at work with one before.
///
/// Records are copied out of the map, so that a transaction lasts no longer than that takes (LOG-6), whatever is done with
/// them.
final class ReadAhead: Sendable {
    private let state = Monitor(State())

    private struct State {
        var filled: [RecordPage] = []
        var spare = (0..<ReadAhead.pages).map { _ in RecordPage() }
        /// No page comes after those that are filled.
        var isComplete = false
        /// Nobody takes another.
        var isAbandoned = false
        var hasThread = true
    }

    /// One that is filled, one that is taken, and one between them.
    private static let pages = 3

    /// Starts to read; nil if the system has no thread.
    ///
    /// - Parameter readPage: Gives a page of records from a position on, which it moves behind them, and says whether
    ///   there is none after it. It runs on the thread.
    init?(
        from first: UInt64,
        _ readPage: @escaping @Sendable (inout UInt64, _ body: (borrowing RecordView) -> Void) throws -> Bool
    ) {
        var thread = pthread_t()
        let body = Unmanaged.passRetained(Body(self, first, readPage))
        let code = pthread_create(
            &thread, nil,
            { @Sendable argument in
                guard let argument else { return nil }
                let body = Unmanaged<Body>.fromOpaque(argument).takeRetainedValue()
                body.pages.fill(from: body.first, body.readPage)
                return nil
            }, body.toOpaque())
        guard code == 0 else {
            body.release()
            return nil
        }
        pthread_detach(thread)
    }

    private final class Body: Sendable {
        let pages: ReadAhead
        let first: UInt64
        let readPage: @Sendable (inout UInt64, (borrowing RecordView) -> Void) throws -> Bool

        init(
            _ pages: ReadAhead, _ first: UInt64,
            _ readPage: @escaping @Sendable (inout UInt64, (borrowing RecordView) -> Void) throws -> Bool
        ) {
            (self.pages, self.first, self.readPage) = (pages, first, readPage)
        }
    }

    private func fill(
        from first: UInt64, _ readPage: (inout UInt64, (borrowing RecordView) -> Void) throws -> Bool
    ) {
        var next = first
        var isComplete = false
        while !isComplete, let page = takeSpare() {
            page.clear()
            do {
                isComplete = try readPage(&next) { page.append($0) }
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

    private func takeSpare() -> RecordPage? {
        state.wait { state -> RecordPage?? in
            if state.isAbandoned { return .some(nil) }
            return state.spare.popLast().map { .some($0) }
        }
    }

    /// The next page; nil when there is none.
    func next() -> RecordPage? {
        state.wait { state -> RecordPage?? in
            if !state.filled.isEmpty { return .some(state.filled.removeFirst()) }
            return state.isComplete ? .some(nil) : nil
        }
    }

    /// Has a page that was taken filled anew.
    func giveBack(_ page: RecordPage) { state.change { $0.spare.append(page) } }

    /// Waits until the thread has no transaction any more.
    func end() {
        state.change { $0.isAbandoned = true }
        state.wait { $0.hasThread ? nil : () }
    }
}

/// Copies of records that follow one another.
///
/// `@unchecked Sendable`: it is with the thread that fills it or with who has taken it.
final class RecordPage: @unchecked Sendable {
    private var bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 128 << 10, alignment: 8)
    private var used = 0
    private var entries: [Entry] = []
    /// What ended the reading after the records.
    fileprivate(set) var failure: (any Error)?

    private struct Entry {
        var sequence: UInt64
        var start: Int
        var count: Int
        var layout: RecordLayout
    }

    deinit { bytes.deallocate() }

    fileprivate func clear() {
        used = 0
        entries.removeAll(keepingCapacity: true)
    }

    fileprivate func append(_ record: borrowing RecordView) {
        let count = record.stored.byteCount
        if used + count > bytes.count { enlarge(to: max(used + count, bytes.count * 2)) }
        record.stored.withUnsafeBytes { stored in
            UnsafeMutableRawBufferPointer(rebasing: bytes[used..<used + count]).copyMemory(from: stored)
        }
        entries.append(
            Entry(sequence: record.sequence, start: used, count: count, layout: record.layout))
        used += count
    }

    private func enlarge(to size: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<used]))
        bytes.deallocate()
        bytes = larger
    }

    func forEach(_ body: (borrowing RecordView) throws -> Void) rethrows {
        for entry in entries {
            let stored = UnsafeRawBufferPointer(rebasing: bytes[entry.start..<entry.start + entry.count])
            try body(RecordView(sequence: entry.sequence, stored: stored.bytes, layout: entry.layout))
        }
    }
}
