import EventLog
import Glibc

/// What is wrong with a log, or with what it answered.
struct Violation: Error, CustomStringConvertible {
    var description: String

    init(_ description: String) {
        self.description = description
    }
}

/// The reference that a log is compared with: which writer wrote how far.
struct LogModel {
    var workload: Workload
    /// The last position of each former epoch; the first epoch is 0.
    private(set) var ends: [UInt64] = []

    /// The newest step with a key, and where it begins.
    private(set) var lastWithKey: (content: Workload.Content, first: UInt64)?

    init(workload: Workload) {
        self.workload = workload
    }

    /// The epoch of the writer that opens the log next.
    var epoch: UInt64 { UInt64(ends.count) }
    /// Where the log ended when the last epoch was over.
    var head: UInt64 { ends.last ?? 0 }

    /// Checks that the log holds every step of the former epochs and, of the running one, a prefix of whole steps
    /// that reaches at least to `acknowledged` and at most to `submitted`; the running epoch is over then.
    mutating func endEpoch(
        _ reader: EventLogReader, acknowledged: UInt64, submitted: UInt64 = .max
    ) throws {
        let head = try reader.head()
        guard head >= max(acknowledged, self.head) else {
            throw Violation(
                "the log ends at \(head), but \(max(acknowledged, self.head)) was acknowledged (LOG-3)")
        }
        guard head <= max(submitted, self.head) else {
            throw Violation("the log ends at \(head), but only \(submitted) was submitted")
        }
        ends.append(head)
        try check(reader)
    }

    /// Takes the appends of an epoch into the model that were all acknowledged.
    mutating func append(through last: UInt64) {
        ends.append(last)
    }

    /// Checks every record, index entry and blob of the log.
    private mutating func check(_ reader: EventLogReader) throws {
        var epoch = 0
        var next: UInt64 = 1
        var first: UInt64 = 1
        var expected = Workload.Content()
        var streams: [StreamID: [UInt64]] = [:]
        var types: [UInt16: [UInt64]] = [:]
        lastWithKey = nil
        try reader.scan(from: 1) { record in
            let sequence = record.sequence
            guard sequence == next else { throw Violation("record \(sequence) stands at \(next) (LOG-1)") }
            while epoch < ends.count, ends[epoch] < sequence { epoch += 1 }
            if sequence - first == expected.records.count {
                first = sequence
                expected = workload.content(epoch: UInt64(epoch), at: first)
                if !expected.key.isEmpty { lastWithKey = (expected, first) }
                try checkBlobs(expected.blobs, at: first, reader)
            }
            guard record.beginsStep == (sequence == first) else {
                throw Violation("record \(sequence) is torn from its step, which begins at \(first) (LOG-2)")
            }
            let entry = expected.records[Int(sequence - first)]
            guard record.payload.holds(entry.payload), record.type == entry.type,
                record.streams == entry.streams
            else {
                throw Violation("record \(sequence) is not what epoch \(epoch) wrote there (LOG-2)")
            }
            if entry.type != 0 { types[entry.type, default: []].append(sequence) }
            for stream in entry.streams { streams[stream, default: []].append(sequence) }
            next += 1
        }
        guard next - 1 == head else { throw Violation("the log ends at \(next - 1), but says \(head)") }
        guard next - first == expected.records.count else {
            throw Violation("the step at \(first) has only \(next - first) records (LOG-2)")
        }
        for (stream, sequences) in streams {
            guard try reader.read(stream: stream, limit: .max).map(\.sequence) == sequences else {
                throw Violation("the index of stream \(stream.value) is not that of the records")
            }
        }
        for (type, sequences) in types {
            guard try reader.read(type: type, limit: .max).map(\.sequence) == sequences else {
                throw Violation("the index of type \(type) is not that of the records")
            }
        }
    }

    private func checkBlobs(_ blobs: [[UInt8]], at first: UInt64, _ reader: EventLogReader) throws {
        for blob in blobs {
            do throws(EventLogError) {
                guard try reader.blob(BlobDigest(of: blob)) == blob else {
                    throw EventLogError.blobAltered(BlobDigest(of: blob))
                }
            } catch {
                throw Violation("the step at \(first) is there, but not its blob: \(error)")
            }
        }
    }
}

extension LogModel {
    /// Appends steps of an epoch of their own, each acknowledged. A step with a key that is in the log is not
    /// appended again.
    mutating func append(steps: Int, to log: EventLog) async throws {
        var last = head
        if let (content, first) = lastWithKey {
            let range = try await log.append(content.step)
            guard range == first...(first + UInt64(content.records.count) - 1), log.acceptedHead == last
            else {
                throw Violation("the step at \(first) was appended again at \(range)")
            }
        }
        for _ in 0..<steps {
            let content = workload.content(epoch: epoch, at: last + 1)
            let range = try await log.append(content.step)
            guard range == (last + 1)...(last + UInt64(content.records.count)) else {
                throw Violation("a step went to \(range) and not behind \(last) (LOG-1)")
            }
            last = range.upperBound
        }
        append(through: last)
    }
}

extension RawSpan {
    /// Whether these are exactly `bytes`.
    func holds(_ bytes: [UInt8]) -> Bool {
        guard byteCount == bytes.count else { return false }
        return withUnsafeBytes { here in
            bytes.withUnsafeBytes { there in
                guard let here = here.baseAddress, let there = there.baseAddress else { return true }
                return memcmp(here, there, bytes.count) == 0
            }
        }
    }
}

extension EventLogVerifier {
    /// Throws what verify finds.
    static func requireSound(_ path: String, head: UInt64) throws {
        let report = try verifyInProcess(path: path)
        guard report.ok, report.records == head else {
            throw Violation(
                "verify finds \(report.problem ?? "nothing") in \(report.records) of \(head) records")
        }
    }
}
