/// One immutable fact or decision in the log.
public struct Event: Equatable, Sendable {
    /// Position in the log, from 1, without gaps.
    public var sequence: UInt64
    /// When it was recorded.
    public var at: EventTime
    /// Sequence number of the event that led to it; 0 for an observation from outside.
    public var cause: UInt64
    /// What it says.
    public var payload: EventPayload

    public init(sequence: UInt64, at: EventTime, cause: UInt64, payload: EventPayload) {
        self.sequence = sequence
        self.at = at
        self.cause = cause
        self.payload = payload
    }

    /// True for a fact from outside, false for a decision.
    public var isObservation: Bool { payload.number < 50 }

    /// The canonical bytes: `weir.v1.Event` in proto3 wire format. The sequence number is not among them; it is the
    /// record's key in the log.
    public func encoded() -> [UInt8] {
        var writer = WireWriter()
        writer.append(self)
        return writer.encoded
    }

    /// Reads an event from its bytes.
    public init(sequence: UInt64, decoding bytes: [UInt8]) throws(WireError) {
        let result = bytes.withUnsafeBytes { buffer -> Result<Event, WireError> in
            do throws(WireError) {
                return .success(try Event(sequence: sequence, decoding: buffer))
            } catch {
                return .failure(error)
            }
        }
        self = try result.get()
    }

    /// Reads an event from its bytes.
    public init(sequence: UInt64, decoding buffer: UnsafeRawBufferPointer) throws(WireError) {
        var at = EventTime.zero
        var cause: UInt64 = 0
        var payload: EventPayload?
        try WireReader.decode(buffer) { reader in
            reader.fill(named: Event.self) { reader in
                reader.time(1, "at_ns", &at)
                reader.uint(2, "cause", &cause)
                guard let number = reader.pendingNumber, number > 2 else { return }
                guard let read = EventPayload.decode(number: number, from: &reader) else {
                    return reader.fail(.unknownPayload(number: number))
                }
                guard payload == nil else {
                    return reader.fail(.duplicateField(message: "Event", number: number))
                }
                payload = read
            }
        }
        guard let payload else { throw .missingField(message: "Event", number: 10) }
        self.init(sequence: sequence, at: at, cause: cause, payload: payload)
    }
}

extension WireWriter {
    /// Appends an event as `encoded` gives it.
    public mutating func append(_ event: Event) {
        var event = event
        time(1, "at_ns", &event.at)
        uint(2, "cause", &event.cause)
        var writing = PayloadWriting(writer: self)
        event.payload.accept(&writing)
        self = writing.writer
    }

    private struct PayloadWriting: PayloadVisitor {
        var writer: WireWriter
        mutating func visit<M: EventMessage>(_ message: inout M) {
            writer.message(M.number, M.name, &message)
        }
    }
}

extension EventPayload {
    /// Field number in `weir.v1.Event`.
    public var number: Int {
        var payload = self
        var visitor = NumberOf()
        return payload.accept(&visitor)
    }

    /// The schema's name of the type, such as `task_submitted`.
    public var name: StaticString {
        var payload = self
        var visitor = NameOf()
        return payload.accept(&visitor)
    }

    private struct NumberOf: PayloadVisitor {
        mutating func visit<M: EventMessage>(_ message: inout M) -> Int { M.number }
    }

    private struct NameOf: PayloadVisitor {
        mutating func visit<M: EventMessage>(_ message: inout M) -> StaticString { M.name }
    }
}

extension EventPayload {
    /// Hands every field of the payload to a visitor.
    public func visitFields<V: FieldVisitor>(_ visitor: inout V) {
        var payload = self
        var fields = FieldsOf(visitor: visitor)
        payload.accept(&fields)
        visitor = fields.visitor
    }

    private struct FieldsOf<V: FieldVisitor>: PayloadVisitor {
        var visitor: V
        mutating func visit<M: EventMessage>(_ message: inout M) { message.visit(&visitor) }
    }
}
