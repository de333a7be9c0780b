extension PoolState {
    /// Digests of the blobs that the work in hand needs, whichever events named them: inputs of tasks that have not
    /// ended, and what their models carry on to the next item. In the order of the tasks, each once.
    public var blobs: [Digest] {
        var seen: Set<Digest> = []
        return tasks.entities.flatMap { [$0.spec.inputs.digest, $0.checkpoint?.digest].compactMap { $0 } }
            .filter { seen.insert($0).inserted }
    }
}
