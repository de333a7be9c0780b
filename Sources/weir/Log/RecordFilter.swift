import EventLog
import Pool
import PoolEngine

/// Which records of a log are wanted; found by its index where that can be.
struct RecordFilter {
    /// Types of which a record must be one; every type if there is none.
    var types: Set<UInt16> = []
    /// Streams that a record must belong to, all of them.
    var streams: [StreamID] = []

    func matches(_ record: Record) -> Bool {
        (types.isEmpty || types.contains(record.type)) && streams.allSatisfy(record.streams.contains)
    }

    /// Hands every wanted record to `body`, in order. No transaction is open meanwhile, so it may take its time.
    func forEachRecord(
        in reader: EventLogReader, from first: UInt64, through last: UInt64, _ body: (Record) throws -> Void
    ) throws {
        var sources = sources(in: reader, from: first)
        while true {
            var next: Int?
            for index in sources.indices {
                guard let candidate = try sources[index].peek(), candidate.sequence <= last else { continue }
                if let chosen = next, let other = try sources[chosen].peek(),
                    other.sequence <= candidate.sequence
                {
                    continue
                }
                next = index
            }
            guard let next, let record = try sources[next].take() else { return }
            if matches(record) { try body(record) }
        }
    }

    /// What the wanted records are looked for in: a stream is the shortest list, and a record has but one type.
    private func sources(in reader: EventLogReader, from first: UInt64) -> [RecordSource] {
        if let stream = streams.first {
            return [RecordSource(from: first) { try reader.read(stream: stream, from: $0, limit: $1) }]
        }
        if types.isEmpty {
            return [RecordSource(from: first) { try reader.read(from: $0, limit: $1) }]
        }
        return types.sorted().map { type in
            RecordSource(from: first) { try reader.read(type: type, from: $0, limit: $1) }
        }
    }
}

/// Records that are read a page at a time.
private struct RecordSource {
    private var page: ArraySlice<Record> = []
    private var next: UInt64
    private var isAtEnd = false
    private let read: (UInt64, Int) throws -> [Record]

    private static let pageSize = 512

    init(from first: UInt64, read: @escaping (UInt64, Int) throws -> [Record]) {
        next = first
        self.read = read
    }

    mutating func peek() throws -> Record? {
        if page.isEmpty, !isAtEnd {
            page = try read(next, Self.pageSize)[...]
            isAtEnd = page.count < Self.pageSize
            if let last = page.last { next = last.sequence + 1 }
        }
        return page.first
    }

    mutating func take() throws -> Record? {
        _ = try peek()
        return page.popFirst()
    }
}

extension Event {
    /// The event that a record holds.
    init(of record: Record) throws(EngineError) {
        do throws(WireError) {
            self = try Event(sequence: record.sequence, decoding: record.bytes)
        } catch {
            throw .undecodable(sequence: record.sequence, error)
        }
    }
}
