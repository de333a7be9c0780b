import EventLog
import Foundation
import Pool
import PoolEngine
import Synchronization
import Testing

@Suite("A step that may wait", .timeLimit(.minutes(1)))
struct WaitingStepTests {
    /// A log in a folder of its own, which goes with it.
    private final class Place: Sendable {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("waiting-\(UUID())").path
        deinit { try? FileManager.default.removeItem(atPath: folder) }

        func open(lazySeconds: UInt64 = 3600) throws -> EventLog {
            var options = EventLog.Options()
            options.lazyNanoseconds = lazySeconds * 1_000_000_000
            return try EventLog.open(at: folder, options: options)
        }
    }

    /// Positions in the order in which they became known to be durable.
    private final class Watermarks: Sendable {
        private let seen = Mutex<[UInt64]>([])
        var positions: [UInt64] { seen.withLock { $0 } }
        var note: @Sendable (Result<ClosedRange<UInt64>, any Error>) -> Void {
            { result in
                if case .success(let range) = result { self.seen.withLock { $0.append(range.upperBound) } }
            }
        }
    }

    private static func sample(_ byte: UInt8) -> StoredStep {
        StoredStep(records: [StoredStep.Record(type: 27, bytes: [byte])], mayWait: true)
    }

    @Test("is not said to be durable before it is (CORE-9)")
    func completesWhenDurable() async throws {
        let place = Place()
        let log = try place.open()
        let store = LogEventStore(log, longestWait: .seconds(3600))
        let marks = Watermarks()
        #expect(try store.submit(Self.sample(1), completion: marks.note) == 1...1)
        #expect(marks.positions.isEmpty)
        #expect(try store.durableHead() == 0)
        log.close()
    }

    @Test("does not wait long when nothing follows it")
    func longestWait() async throws {
        let place = Place()
        let log = try place.open()
        let store = LogEventStore(log, longestWait: .milliseconds(1))
        let marks = Watermarks()
        for byte in UInt8(1)...3 {
            try store.submit(Self.sample(byte), completion: marks.note)
            try await eventually { marks.positions.last == UInt64(byte) }
            #expect(try store.durableHead() == UInt64(byte))
        }
        log.close()
    }

    @Test("is known to be durable before the step that made it so, and in order (CORE-9)")
    func order() async throws {
        let place = Place()
        let log = try place.open()
        let store = LogEventStore(log, longestWait: .seconds(3600))
        let marks = Watermarks()
        for byte in UInt8(1)...5 { try store.submit(Self.sample(byte), completion: marks.note) }
        try store.submit(StoredStep(records: [[9], [10]]), completion: marks.note)
        try await eventually { marks.positions.count == 6 }
        #expect(marks.positions == [1, 2, 3, 4, 5, 7])
        log.close()
    }

    @Test("becomes durable when the log is closed before anything follows it")
    func closing() async throws {
        let place = Place()
        let log = try place.open()
        let store = LogEventStore(log)
        let marks = Watermarks()
        try store.submit(Self.sample(1), completion: marks.note)
        log.close()
        try await eventually { marks.positions == [1] }
        let reader = try EventLog.openForReading(at: place.folder)
        #expect(try reader.head() == 1)
        #expect(try reader.read(type: 27, limit: 9).map(\.bytes) == [[1]])
        reader.close()
    }
}
