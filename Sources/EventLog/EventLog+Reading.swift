extension EventLog {
    /// The identity of the log.
    public var logID: LogID { reader.logID }

    /// See ``EventLogReader/head()``.
    public func head() throws(EventLogError) -> UInt64 { try reader.head() }

    /// See ``EventLogReader/read(from:limit:_:)``.
    public func read(
        from first: UInt64, limit: Int, _ direction: ReadDirection = .forwards
    ) throws(EventLogError) -> [Record] {
        try reader.read(from: first, limit: limit, direction)
    }

    /// See ``EventLogReader/scan(from:through:pageSize:checking:readingAhead:_:)``.
    public func scan(
        from first: UInt64, through last: UInt64? = nil, pageSize: Int = EventLogReader.defaultPageSize,
        checking: Bool = true, readingAhead: Bool = false, _ body: (borrowing RecordView) throws -> Void
    ) throws {
        try reader.scan(
            from: first, through: last, pageSize: pageSize, checking: checking, readingAhead: readingAhead,
            body)
    }

    /// See ``EventLogReader/scan(from:through:pageSize:checking:inBatches:_:)``.
    public func scan<Batch: RecordBatch>(
        from first: UInt64, through last: UInt64? = nil, pageSize: Int = EventLogReader.defaultPageSize,
        checking: Bool = true, inBatches type: Batch.Type, _ body: (Batch) throws -> Void
    ) throws {
        try reader.scan(
            from: first, through: last, pageSize: pageSize, checking: checking, inBatches: type, body)
    }

    /// See ``EventLogReader/blob(_:)``.
    public func blob(_ digest: BlobDigest) throws(EventLogError) -> [UInt8] { try reader.blob(digest) }

    /// See ``EventLogReader/checkBlobs(_:)``.
    public func checkBlobs(_ body: (BlobDigest, BlobCondition) throws -> Void) throws {
        try reader.checkBlobs(body)
    }

    /// See ``EventLogReader/follow(from:)``. It ends when this log is closed.
    public func follow(from first: UInt64) -> EventLogFollower { reader.follow(from: first) }
}
