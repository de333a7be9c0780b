extension PoolState {
    /// The name under which snapshots of the state are kept in a log's folder.
    public static let snapshotName = "pool-state"

    /// The name under which the state is kept at which a log begins whose older events are in an archive. It stands
    /// apart, as newer snapshots take the place of older ones of the same name, and nothing can take the place of this.
    public static let baseSnapshotName = "pool-state-base"

    /// The version of the state's snapshots, to be raised whenever the same events fold to another state, or the same
    /// state has other canonical bytes.
    ///
    /// It is not the decision revision, which also changes when only decisions do: a snapshot is still right then, and
    /// a log whose beginning is in an archive has nothing else to begin from.
    public static let snapshotVersion: UInt32 = 1
}
