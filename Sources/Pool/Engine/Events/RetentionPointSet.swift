/// The events up to a position leave the live log for an archive.
///
/// It is recorded before they are moved, so that the log says where they went.
public struct RetentionPointSet: EventMessage {
    public static let number = 33
    public static let name: StaticString = "retention_point_set"

    /// Sequence number of the last event that leaves.
    public var position: UInt64
    /// Name of the archive's file, in the log's folder of archives.
    public var archive: String
    /// The log's hash chain at the end of the archive, which answers for every byte that left.
    public var chain: Digest

    public init(position: UInt64 = 0, archive: String = "", chain: Digest = .zero) {
        self.position = position
        self.archive = archive
        self.chain = chain
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "position", &position)
        visitor.string(2, "archive", &archive)
        visitor.digest(3, "chain", &chain)
    }

    public var payload: EventPayload { .retentionPointSet(self) }
}
