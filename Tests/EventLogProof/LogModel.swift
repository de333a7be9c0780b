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
    /// The last position that was moved to an archive.
    private(set) var base: UInt64 = 0
    /// The digest over all records up to where an archive ends.
    private var digests: [UInt64: RunningDigest] = [0: RunningDigest()]
    /// The newest step with a key that is not in an archive, and where it begins.
    private(set) var lastWithKey: (content: Workload.Content, first: UInt64)?

    init(workload: Workload) {
        self.workload = workload
    }

    /// The epoch of the writer that opens the log next.
    var epoch: UInt64 { UInt64(ends.count) }
    /// Where the log ended when the last epoch was over.
    var head: UInt64 { ends.last ?? 0 }

    /// Checks that the log and its archives hold every step of the former epochs and, of the running one, a prefix of
    /// whole steps that reaches at least to `acknowledged` and at most to `submitted`; the running epoch is over then.
    mutating func endEpoch(
        _ reader: EventLogReader, acknowledged: UInt64, submitted: UInt64 = .max,
        _ lifeCycle: LifeCycleAnswers = LifeCycleAnswers()
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
        let base = try reader.base()
        let retired = lifeCycle.finished(.retirement).max() ?? 0
        guard base >= max(self.base, retired),
            base == self.base || lifeCycle.begun(.retirement).contains(base)
        else {
            throw Violation(
                "the log begins behind \(base), but was retired from \(self.base) through \(retired) (LOG-1)")
        }
        self.base = base
        try checkArchives(of: reader, through: base)
        let snapshots = LogRemains.snapshots(of: reader.path).filter { $0 >= base }
        let walk = try walk(reader, behind: base, digestsAt: Set(snapshots + [head]))
        lastWithKey = walk.lastWithKey
        guard try reader.fold(RunningDigest.self, usesSnapshots: false).fold == walk.digests[head] else {
            throw Violation("the log does not fold to what its records do (CORE-3)")
        }
        try checkSnapshots(snapshots, reader, walk, lifeCycle)
    }

    /// Takes the appends of an epoch into the model that were all acknowledged.
    mutating func append(through last: UInt64) {
        ends.append(last)
    }

    /// Checks a finished backup of the log, from whenever it is.
    func checkBackup(_ path: String) throws {
        let reader = try EventLog.openForReading(at: path)
        defer { reader.close() }
        let (base, head) = (try reader.base(), try reader.head())
        guard head <= self.head, digests[base] != nil else {
            throw Violation("the backup reaches from \(base) to \(head), and the log to \(self.head)")
        }
        _ = try Self.archives(of: path, through: base)
        let walk = try walk(reader, behind: base, digestsAt: [head])
        guard try reader.fold(RunningDigest.self).fold == walk.digests[head] else {
            throw Violation("the backup does not fold to what the log's records do")
        }
        try EventLogVerifier.requireSound(path, head: head, base: base)
    }

    // MARK: Archives and snapshots

    /// The archives that lead from the log's beginning to a position, by their names; verify looks into them.
    private static func archives(of path: String, through base: UInt64) throws -> [(
        path: String, last: UInt64
    )] {
        let folder = path + "/archives"
        var archives: [(path: String, last: UInt64)] = []
        var end = base
        while end > 0 {
            let found = FileTree.names(in: folder).lazy.compactMap { name -> (name: String, first: UInt64)? in
                let parts = name.split { $0 == "-" || $0 == "." }
                guard parts.count == 3, parts[2] == "weirlog", UInt64(parts[1]) == end else { return nil }
                return UInt64(parts[0]).map { (name, $0) }
            }.first
            guard let found else {
                throw Violation("there are no records up to \(base), and no archive that ends at \(end)")
            }
            archives.insert((folder + "/" + found.name, end), at: 0)
            end = found.first - 1
        }
        return archives
    }

    /// Checks that archives hold everything up to the base; what is in them, when the base is new.
    private mutating func checkArchives(of reader: EventLogReader, through base: UInt64) throws {
        let archives = try Self.archives(of: reader.path, through: base)
        guard digests[base] == nil else { return }
        let path = reader.path + "-of-archives"
        _ = try EventLog.importLog(from: archives.map(\.path), to: path)
        let joined = try EventLog.openForReading(at: path)
        defer {
            joined.close()
            FileTree.remove(path)
        }
        guard try joined.head() == base else {
            throw Violation("the archives through \(base) end at \(try joined.head())")
        }
        digests.merge(try walk(joined, behind: 0, digestsAt: Set(archives.map(\.last))).digests) { $1 }
    }

    /// Each snapshot that is there has to be whole, and what was saved is not lost.
    private func checkSnapshots(
        _ positions: [UInt64], _ reader: EventLogReader, _ walk: Walk, _ lifeCycle: LifeCycleAnswers
    ) throws {
        let saved = lifeCycle.finished(.snapshot).max() ?? 0
        guard positions.max() ?? 0 >= saved else {
            throw Violation("the snapshot at \(saved) was saved, and there are only \(positions)")
        }
        for position in positions {
            let search = try reader.newestSnapshot(
                of: RunningDigest.name, version: RunningDigest.version, through: position)
            guard search.problems.isEmpty, search.snapshot?.position == position,
                search.snapshot?.bytes == walk.digests[position]?.canonicalBytes()
            else { throw Violation("the snapshot at \(position) is not right: \(search.problems)") }
        }
    }

    // MARK: Records

    /// What a walk over a log's records finds.
    private struct Walk {
        var digests: [UInt64: RunningDigest] = [:]
        var lastWithKey: (content: Workload.Content, first: UInt64)?
    }

    /// Checks every record behind a base, index entry and blob of the log, or of a copy that ends earlier.
    private func walk(
        _ reader: EventLogReader, behind base: UInt64, digestsAt wanted: Set<UInt64>
    ) throws -> Walk {
        var walk = Walk()
        var epoch = 0
        var next = base + 1
        var first = next
        var expected = Workload.Content()
        var streams: [StreamID: [UInt64]] = [:]
        var types: [UInt16: [UInt64]] = [:]
        var digest = digests[base] ?? RunningDigest()
        if wanted.contains(base) { walk.digests[base] = digest }
        try reader.scan(from: next) { record in
            let sequence = record.sequence
            guard sequence == next else { throw Violation("record \(sequence) stands at \(next) (LOG-1)") }
            while epoch < ends.count, ends[epoch] < sequence { epoch += 1 }
            if sequence - first == expected.records.count {
                first = sequence
                expected = workload.content(epoch: UInt64(epoch), at: first)
                if !expected.key.isEmpty { walk.lastWithKey = (expected, first) }
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
            digest.apply(entry.payload)
            if wanted.contains(sequence) { walk.digests[sequence] = digest }
            next += 1
        }
        let head = try reader.head()
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
        return walk
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
    static func requireSound(_ path: String, head: UInt64, base: UInt64) throws {
        let report = try verifyInProcess(path: path)
        guard report.ok, report.base == base, report.records == head - base else {
            throw Violation(
                "verify finds \(report.problem ?? "nothing") in \(report.records) records behind "
                    + "\(report.base), of \(head) behind \(base)")
        }
    }
}
