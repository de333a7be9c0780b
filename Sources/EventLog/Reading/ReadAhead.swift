import Glibc

/// Reads a log's pages on a thread of its own, while whoever takes them is at work with one before.
///
/// Records are copied out of the map, so that a transaction lasts no longer than that takes (LOG-6), whatever is done with
/// them.
final class ReadAhead: Sendable {
    private let state = Monitor(State())

    private struct State {
        var filled = State.roomForAll
        var spare = (0..<ReadAhead.pages).map { _ in RecordPage() }
        /// No page comes after those that are filled.
        var isComplete = false
        /// Nobody takes another.
        var isAbandoned = false
        var hasThread = true

        private static var roomForAll: [RecordPage] {
            var pages: [RecordPage] = []
            pages.reserveCapacity(ReadAhead.pages)
            return pages
        }
    }

    /// One that is filled, one that is taken, and one between them.
    private static let pages = 3

    private let first: UInt64
    private let readPage: @Sendable (inout UInt64, (borrowing RecordView) -> Void) throws -> Bool

    /// Starts to read; nil if the system has no thread.
    ///
    /// - Parameter readPage: Gives a page of records from a position on, which it moves behind them, and says whether
    ///   there is none after it. It runs on the thread.
    init?(
        from first: UInt64,
        _ readPage: @escaping @Sendable (inout UInt64, _ body: (borrowing RecordView) -> Void) throws -> Bool
    ) {
        self.first = first
        self.readPage = readPage
        var thread = pthread_t()
        let argument = Unmanaged.passRetained(self)
        let code = pthread_create(
            &thread, nil,
            { @Sendable argument in
                guard let argument else { return nil }
                Unmanaged<ReadAhead>.fromOpaque(argument).takeRetainedValue().fill()
                return nil
            }, argument.toOpaque())
        guard code == 0 else {
            argument.release()
            return nil
        }
        pthread_detach(thread)
    }

    private func fill() {
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

/// Copies of records that follow one another, each behind a head that says how long it is.
///
/// `@unchecked Sendable`: it is with the thread that fills it or with who has taken it.
final class RecordPage: @unchecked Sendable {
    private var bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 8)
    private var used = 0
    /// What ended the reading after the records.
    fileprivate(set) var failure: (any Error)?

    private struct Head {
        var sequence: UInt64
        var count: Int
        var layout: RecordLayout
    }

    deinit { bytes.deallocate() }

    fileprivate func clear() { used = 0 }

    fileprivate func append(_ record: borrowing RecordView) {
        let head = Head(sequence: record.sequence, count: record.stored.byteCount, layout: record.layout)
        let end = used + MemoryLayout<Head>.size + head.count
        if end > bytes.count { enlarge(to: max(end, bytes.count * 2)) }
        bytes.storeBytes(of: head, toByteOffset: used, as: Head.self)
        record.stored.withUnsafeBytes {
            UnsafeMutableRawBufferPointer(rebasing: bytes[(end - head.count)..<end]).copyMemory(from: $0)
        }
        used = end
    }

    private func enlarge(to size: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: size, alignment: 8)
        larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<used]))
        bytes.deallocate()
        bytes = larger
    }

    func forEach(_ body: (borrowing RecordView) throws -> Void) rethrows {
        var next = 0
        while next < used {
            let head = bytes.loadUnaligned(fromByteOffset: next, as: Head.self)
            let start = next + MemoryLayout<Head>.size
            next = start + head.count
            let stored = UnsafeRawBufferPointer(rebasing: bytes[start..<next])
            try body(RecordView(sequence: head.sequence, stored: stored.bytes, layout: head.layout))
        }
    }
}
