import Pool

/// All that another machine needs to reproduce a failure, as one file: `weir.v1.FailurePack`.
public struct FailurePack: WireMessage, DefaultInitializable {
    /// Form of the file: `currentFormat`.
    public var format: UInt32
    public var slice: FailureSlice
    /// The events of the slice, as the log has them: what was decided and seen of the browser and its tasks.
    public var events: [PackedEvent]
    /// What the slice's payloads name by digest.
    public var blobs: [PackedBlob]
    /// The files of models that are given by their path.
    public var files: [PackedFile]

    /// The form that this version writes and reads.
    public static let currentFormat: UInt32 = 1

    public init(
        format: UInt32 = currentFormat, slice: FailureSlice = FailureSlice(), events: [PackedEvent] = [],
        blobs: [PackedBlob] = [], files: [PackedFile] = []
    ) {
        self.format = format
        self.slice = slice
        self.events = events
        self.blobs = blobs
        self.files = files
    }

    public init() { self.init(format: 0) }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "format", &format)
        visitor.message(2, "slice", &slice)
        visitor.messages(3, "events", &events)
        visitor.messages(4, "blobs", &blobs)
        visitor.messages(5, "files", &files)
    }
}

/// An event of a log.
public struct PackedEvent: WireMessage, DefaultInitializable {
    public var sequence: UInt64
    /// Its bytes, `weir.v1.Event`.
    public var event: [UInt8]

    public init(sequence: UInt64 = 0, event: [UInt8] = []) {
        self.sequence = sequence
        self.event = event
    }

    public init() { self.init(sequence: 0) }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.uint(1, "sequence", &sequence)
        visitor.bytes(2, "event", &event)
    }
}

/// Bytes that an event names by their digest.
public struct PackedBlob: WireMessage, DefaultInitializable {
    public var content: [UInt8]

    public init(content: [UInt8] = []) { self.content = content }

    public init() { self.init(content: []) }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.bytes(1, "content", &content)
    }
}

/// A file of a model.
public struct PackedFile: WireMessage, DefaultInitializable {
    /// The model's path where it was packed, as the tasks name it.
    public var model: String
    /// The file's path within the model's folder.
    public var name: String
    public var content: [UInt8]

    public init(model: String = "", name: String = "", content: [UInt8] = []) {
        self.model = model
        self.name = name
        self.content = content
    }

    public init() { self.init(model: "") }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.string(1, "model", &model)
        visitor.string(2, "name", &name)
        visitor.bytes(3, "content", &content)
    }
}
