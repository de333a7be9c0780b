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

    var stamp: EventStamp { EventStamp(sequence: sequence, at: at, cause: cause) }

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
        guard let event = Event(sequence: sequence, canonical: buffer) else {
            try self.init(sequence: sequence, anyForm: buffer)
            return
        }
        self = event
    }

    /// Reads an event from bytes that are as our own writers give them; nil if they are not.
    init?(sequence: UInt64, canonical buffer: UnsafeRawBufferPointer) {
        guard var reader = CanonicalReader(buffer) else { return nil }
        var stamp = EventStamp(sequence: sequence)
        stamp.visit(&reader)
        guard let number = reader.pendingMessage else { return nil }
        var reading = CanonicalReading(reader: reader)
        guard let payload = EventPayload.read(number: number, &reading), reading.reader.isAtEnd else {
            return nil
        }
        self.init(sequence: sequence, at: stamp.at, cause: stamp.cause, payload: payload)
    }

    private struct CanonicalReading: PayloadReading {
        var reader: CanonicalReader
        mutating func read<M: FoldedMessage>(_ empty: @autoclosure () -> M) -> EventPayload {
            var message = empty()
            reader.submessage(&message)
            return message.payload
        }
    }

    /// Reads an event from bytes in any form that the specification allows.
    init(sequence: UInt64, anyForm buffer: UnsafeRawBufferPointer) throws(WireError) {
        var stamp = EventStamp(sequence: sequence)
        var payload: EventPayload?
        try WireReader.decode(buffer) { reader in
            reader.fill(named: Event.self) { reader in
                stamp.visit(&reader)
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
        self.init(sequence: sequence, at: stamp.at, cause: stamp.cause, payload: payload)
    }
}

extension WireWriter {
    /// Appends an event as `encoded` gives it.
    public mutating func append(_ event: Event) {
        var stamp = event.stamp
        stamp.visit(&self)
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
        var visitor = NumberOf()
        return accept(&visitor)
    }

    /// The schema's name of the type, such as `task_submitted`.
    public var name: StaticString {
        var visitor = NameOf()
        return accept(&visitor)
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
        var fields = FieldsOf(visitor: visitor)
        accept(&fields)
        visitor = fields.visitor
    }

    private struct FieldsOf<V: FieldVisitor>: PayloadVisitor {
        var visitor: V
        mutating func visit<M: EventMessage>(_ message: inout M) { message.visit(&visitor) }
    }
}
