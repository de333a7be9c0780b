/// One item of an export: `weir.v1.LogExportItem` of the schema. An export is a header, the commits in order, each after
/// its records, the blobs and snapshots, and the end.
enum ExportItem: Equatable {
    case header(Header)
    case record(ExportedRecord)
    case commit(CommitRecord)
    case blob([UInt8])
    case snapshot(fold: String, stored: [UInt8])
    case end(End)

    struct Header: Equatable {
        var metadata: LogMetadata
        /// Where the export begins; nil at the log's creation.
        var origin: LogOrigin?
    }

    struct End: Equatable {
        var records: UInt64
        var commits: UInt64
        /// The chain of the last commit.
        var chain: [UInt8]
        /// SHA-256 over all bytes of the items before, each preceded by its length.
        var digest: [UInt8]
    }

    private enum Field {
        static let header = 1
        static let record = 2
        static let commit = 3
        static let blob = 4
        static let snapshot = 5
        static let end = 6
    }

    /// The item as `weir.v1.LogExportItem`, without a length.
    var bytes: [UInt8] {
        var writer = ProtobufWriter()
        switch self {
        case .header(let header): writer.element(Field.header, Self.bytes(of: header))
        case .record(let record): writer.element(Field.record, record.bytes)
        case .commit(let commit): writer.element(Field.commit, Self.bytes(of: commit))
        case .blob(let content):
            var blob = ProtobufWriter()
            blob.data(1, content)
            writer.element(Field.blob, blob.bytes)
        case .snapshot(let fold, let stored):
            var snapshot = ProtobufWriter()
            snapshot.data(1, fold.utf8)
            snapshot.data(2, stored)
            writer.element(Field.snapshot, snapshot.bytes)
        case .end(let end):
            var message = ProtobufWriter()
            message.number(1, end.records)
            message.number(2, end.commits)
            message.data(3, end.chain)
            message.data(4, end.digest)
            writer.element(Field.end, message.bytes)
        }
        return writer.bytes
    }

    private static func bytes(of header: Header) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.number(1, UInt64(header.metadata.format))
        writer.data(2, header.metadata.logID.bytes)
        writer.number(3, header.metadata.createdNanoseconds)
        if let origin = header.origin {
            writer.element(4, bytes(of: origin.commit))
            writer.data(5, origin.base.formerChain)
        }
        return writer.bytes
    }

    private static func bytes(of commit: CommitRecord) -> [UInt8] {
        var writer = ProtobufWriter()
        writer.number(1, commit.number)
        writer.number(2, commit.first)
        writer.number(3, commit.last)
        writer.number(4, commit.timeNanoseconds)
        writer.number(5, commit.formerDurationNanoseconds)
        writer.data(6, commit.stepsDigest)
        writer.data(7, commit.chain)
        return writer.bytes
    }

    /// Reads an item from its bytes. What is unknown is an error, for an export of a newer version must not be read in
    /// part.
    init(parsing bytes: ArraySlice<UInt8>) throws(RecordCoding.Damage) {
        var reader = ProtobufReader(bytes)
        guard let (field, value) = try reader.next(), case .data(let content) = value,
            try reader.next() == nil
        else { throw RecordCoding.Damage("an item is not one message") }
        var fields = try Fields(content)
        switch field {
        case Field.header:
            let format = fields.number(1)
            guard let known = UInt32(exactly: format), LogMetadata.formats.contains(known) else {
                throw RecordCoding.Damage(
                    """
                    it is of a log of format \(format); this version knows \(LogMetadata.oldestFormat) to \
                    \(LogMetadata.currentFormat)
                    """)
            }
            let metadata = LogMetadata(
                format: known,
                logID: LogID(bytes: try fields.data(2, count: LogID.byteCount)),
                createdNanoseconds: fields.number(3))
            var origin: LogOrigin?
            if let commit = fields.element(4) {
                var commit = try Self.commit(commit)
                // What is made of the export is indexed anew.
                commit.indexed = commit.last
                origin = LogOrigin(
                    base: LogBase(position: commit.last, formerChain: try fields.data(5, count: 32)),
                    commit: commit)
            }
            self = .header(Header(metadata: metadata, origin: origin))
        case Field.record:
            self = .record(try ExportedRecord(&fields))
        case Field.commit:
            self = .commit(try Self.commit(content))
            return
        case Field.blob: self = .blob(Array(fields.element(1) ?? []))
        case Field.snapshot:
            let fold = String(decoding: fields.element(1) ?? [], as: UTF8.self)
            self = .snapshot(fold: fold, stored: Array(fields.element(2) ?? []))
        case Field.end:
            self = .end(
                End(
                    records: fields.number(1), commits: fields.number(2),
                    chain: try fields.data(3, count: 32),
                    digest: try fields.data(4, count: 32)))
        default: throw RecordCoding.Damage("it has an item of the unknown kind \(field)")
        }
        try fields.requireAllTaken()
    }

    private static func commit(_ bytes: ArraySlice<UInt8>) throws(RecordCoding.Damage) -> CommitRecord {
        var fields = try Fields(bytes)
        var commit = CommitRecord(
            number: fields.number(1), first: fields.number(2), last: fields.number(3),
            timeNanoseconds: fields.number(4), formerDurationNanoseconds: fields.number(5),
            stepsDigest: try fields.data(6, count: 32), after: [], transactionID: 0, indexed: 0)
        commit.chain = try fields.data(7, count: 32)
        try fields.requireAllTaken()
        return commit
    }

    /// The fields of one message, to be taken out by their numbers.
    struct Fields {
        private var numbers: [Int: UInt64] = [:]
        private var elements: [Int: [ArraySlice<UInt8>]] = [:]

        init(_ bytes: ArraySlice<UInt8>) throws(RecordCoding.Damage) {
            var reader = ProtobufReader(bytes)
            while let (field, value) = try reader.next() {
                switch value {
                case .number(let number): numbers[field] = number
                case .data(let data): elements[field, default: []].append(data)
                }
            }
        }

        mutating func number(_ field: Int) -> UInt64 { numbers.removeValue(forKey: field) ?? 0 }
        mutating func all(_ field: Int) -> [ArraySlice<UInt8>] { elements.removeValue(forKey: field) ?? [] }
        mutating func element(_ field: Int) -> ArraySlice<UInt8>? { all(field).last }

        mutating func data(_ field: Int, count: Int) throws(RecordCoding.Damage) -> [UInt8] {
            guard let data = element(field), data.count == count else {
                throw RecordCoding.Damage("its field \(field) does not have \(count) bytes")
            }
            return Array(data)
        }

        func requireAllTaken() throws(RecordCoding.Damage) {
            guard let unknown = (Array(numbers.keys) + Array(elements.keys)).min() else { return }
            throw RecordCoding.Damage("it has the unknown field \(unknown), of a newer version")
        }
    }
}

/// Where a log, or an export, begins when it does not begin with the log's creation.
struct LogOrigin: Equatable {
    var base: LogBase
    /// The commit that ends at the base.
    var commit: CommitRecord
}

/// A record as an export holds it.
struct ExportedRecord: Equatable {
    var sequence: UInt64
    var beginsStep: Bool
    var type: UInt16
    var streams: [StreamID]
    var stepKey: [UInt8]
    var stepBlobs: [BlobDigest]
    var payload: [UInt8]

    init(_ view: borrowing RecordView) {
        sequence = view.sequence
        beginsStep = view.beginsStep
        type = view.type
        streams = view.streams
        stepKey = view.stepKey
        stepBlobs = view.stepBlobs
        payload = view.payload.withUnsafeBytes { Array($0) }
    }

    init(_ fields: inout ExportItem.Fields) throws(RecordCoding.Damage) {
        sequence = fields.number(1)
        beginsStep = fields.number(2) != 0
        guard let type = UInt16(exactly: fields.number(3)) else {
            throw RecordCoding.Damage("record \(sequence) has a type that is too large")
        }
        self.type = type
        streams = []
        for stream in fields.all(4) {
            guard stream.count == StreamID.byteCount else {
                throw RecordCoding.Damage("record \(sequence) has a stream of \(stream.count) bytes")
            }
            streams.append(StreamID(prefixOf: stream))
        }
        stepKey = Array(fields.element(5) ?? [])
        stepBlobs = []
        for digest in fields.all(6) {
            guard digest.count == BlobDigest.byteCount else {
                throw RecordCoding.Damage("record \(sequence) refers to a blob by \(digest.count) bytes")
            }
            stepBlobs.append(BlobDigest(stored: digest))
        }
        payload = Array(fields.element(7) ?? [])
    }

    var bytes: [UInt8] {
        var writer = ProtobufWriter()
        writer.number(1, sequence)
        writer.number(2, beginsStep ? 1 : 0)
        writer.number(3, UInt64(type))
        for stream in streams {
            writer.element(4, withUnsafeBytes(of: stream.value.bigEndian) { Array($0) })
        }
        writer.data(5, stepKey)
        for digest in stepBlobs { writer.element(6, digest.bytes) }
        writer.data(7, payload)
        return writer.bytes
    }
}
