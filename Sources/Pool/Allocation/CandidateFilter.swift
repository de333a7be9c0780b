/// How many browsers each hard filter left out.
public struct CandidateFilter: WireMessage, DefaultInitializable {
    /// Launching, failed or closing.
    public var notReady: UInt32
    /// All lanes taken.
    public var noFreeLane: UInt32
    /// Without what the task's backend needs.
    public var noBackend: UInt32
    /// Quarantined, or suspected.
    public var quarantined: UInt32
    /// Without a feature or a limit that the task needs.
    public var noFeature: UInt32
    /// With tasks on it, and without the memory that this one needs besides.
    public var noMemory: UInt32
    /// To be started anew.
    public var recycling: UInt32
    /// With another copy of the task on them, or with results of one.
    public var otherCopy: UInt32
    /// Of a kind that the task's model is kept from.
    public var modelQuarantined: UInt32

    public init(
        notReady: UInt32 = 0, noFreeLane: UInt32 = 0, noBackend: UInt32 = 0, quarantined: UInt32 = 0,
        noFeature: UInt32 = 0, noMemory: UInt32 = 0, recycling: UInt32 = 0,
        otherCopy: UInt32 = 0, modelQuarantined: UInt32 = 0
    ) {
        self.notReady = notReady
        self.noFreeLane = noFreeLane
        self.noBackend = noBackend
        self.quarantined = quarantined
        self.noFeature = noFeature
        self.noMemory = noMemory
        self.recycling = recycling
        self.otherCopy = otherCopy
        self.modelQuarantined = modelQuarantined
    }

    public init() {
        self.init(notReady: 0)
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "not_ready", &notReady)
        visitor.uint(2, "no_free_lane", &noFreeLane)
        visitor.uint(3, "no_backend", &noBackend)
        visitor.uint(4, "quarantined", &quarantined)
        visitor.uint(5, "no_feature", &noFeature)
        visitor.uint(6, "no_memory", &noMemory)
        visitor.uint(7, "recycling", &recycling)
        visitor.uint(8, "other_copy", &otherCopy)
        visitor.uint(12, "model_quarantined", &modelQuarantined)
    }
}
