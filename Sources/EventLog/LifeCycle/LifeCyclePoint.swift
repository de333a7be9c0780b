/// A point on the way of a snapshot, a backup or a retirement, in their order. A process may end at any of them.
package enum LifeCyclePoint: String, CaseIterable, Sendable {
    /// A snapshot is durable at its place.
    case snapshotPlaced
    /// Older snapshots that are not kept are gone.
    case snapshotsPruned
    /// A backup has begun: there is a log without records beside its place.
    case backupBegun
    /// All records are in the backup.
    case backupRecordsCopied
    /// All blobs are in the backup.
    case backupBlobsCopied
    /// All snapshots and archives are in the backup.
    case backupFilesCopied
    /// The backup was found sound.
    case backupVerified
    /// The backup is at its place, which may not be durable yet.
    case backupPlaced
    /// An archive is durable beside its place.
    case archiveWritten
    /// The archive was found sound and is durable at its place.
    case archivePlaced
    /// The LMDB transaction of a retirement has begun.
    case retirementBegun
    /// Nothing that was retired is in the transaction any more.
    case retirementPut
    /// LMDB has committed: the log begins behind its new base.
    case retirementCommitted
    /// Blobs that only retired steps referred to are gone.
    case retiredBlobsRemoved
    /// Snapshots from before the new base are gone.
    case retiredSnapshotsRemoved
}
