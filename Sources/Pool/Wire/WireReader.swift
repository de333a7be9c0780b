/// Decodes messages from the proto3 wire format.
///
/// A message is visited with its fields in ascending order, which is the order of our own writers: one pass then
/// suffices. Fields in another order take further passes, and a field that no pass takes is unknown: an error that
/// names it, never skipped.
///
/// Every form that the specification asks readers to take is taken: any order, numbers packed or one by one, zeros that
/// are written though they need not be, and the last of several values of a number or text. Two values of one message
/// field, which the specification merges, are an error: no writer of ours makes them.
///
/// The buffer must stay valid while the reader lives; the only way to make one is through `decode`, which holds it.
struct WireReader {
    let buffer: UnsafeRawBufferPointer
    var cursor = 0
    var end: Int
    var fieldNumber = 0
    var fieldType = WireType.varint
    /// The field after the tag that was read last has not been taken yet.
    var pending = false
    private var message: Any.Type = Never.self
    /// No pass over the message has ended: a field that is not the pending one gets its zero value.
    var first = false
    /// Required fields that were visited and those that were taken, as bits by number.
    var required: UInt64 = 0
    var taken: UInt64 = 0
    private(set) var failure: WireError?

    private init(_ buffer: UnsafeRawBufferPointer) {
        self.buffer = buffer
        end = buffer.count
    }

    /// Decodes a whole buffer with `body`, which must take every byte of it.
    static func decode<Result>(
        _ buffer: UnsafeRawBufferPointer, _ body: (inout WireReader) -> Result
    ) throws(WireError) -> Result {
        var reader = WireReader(buffer)
        let result = body(&reader)
        if let failure = reader.failure { throw failure }
        return result
    }

    // MARK: Messages

    /// Fills a message from here to the end.
    mutating func fill<M: WireMessage>(_ message: inout M) {
        fill(named: M.self) { reader in message.visit(&reader) }
    }

    /// Passes over the fields until all are taken. Fields that are not among the bytes become zero or empty, whatever
    /// they were: that is what a writer says by leaving them out.
    @inline(__always)
    mutating func fill(named type: Any.Type, _ pass: (inout WireReader) -> Void) {
        let outer = (message, first, required, taken)
        (message, first, required, taken) = (type, true, 0, 0)
        nextTag()
        repeat {
            let before = cursor
            pass(&self)
            first = false
            if pending, cursor == before {
                fail(.unknownField(message: messageName, number: fieldNumber))
            }
        } while pending
        if failure == nil, required & ~taken != 0 {
            fail(.missingField(message: messageName, number: (required & ~taken).trailingZeroBitCount))
        }
        (message, first, required, taken) = outer
    }

    var messageName: String { String(describing: message) }

    /// Reads the pending length-delimited field as a message.
    mutating func submessage<M: WireMessage>(_ empty: M) -> M {
        var message = empty
        guard let range = delimitedRange() else { return message }
        let outerEnd = end
        end = range.upperBound
        fill(&message)
        end = outerEnd
        if failure == nil {
            cursor = range.upperBound
            nextTag()
        }
        return message
    }

    /// The number of the field that is to be taken next; nil at the end.
    var pendingNumber: Int? { pending ? fieldNumber : nil }

    mutating func fail(_ error: WireError) {
        if failure == nil { failure = error }
        pending = false
    }

    // MARK: Bytes

    mutating func nextTag() {
        guard failure == nil else { return }
        guard cursor < end else {
            pending = false
            return
        }
        let start = cursor
        guard let tag = varint() else { return }
        // A tag is a 32-bit number in at most five bytes; protobuf's conformance tests want longer ones refused.
        guard let type = WireType(rawValue: UInt8(tag & 7)), tag >> 3 != 0, tag >> 3 <= 0x1fff_ffff,
            cursor - start <= 5
        else {
            fail(.malformed(message: messageName, field: "tag \(tag)"))
            return
        }
        fieldNumber = Int(tag >> 3)
        fieldType = type
        pending = true
    }

    private mutating func varint() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while cursor < end {
            let byte = buffer[cursor]
            cursor += 1
            // The tenth byte holds the 64th bit and nothing else.
            if shift == 63, byte > 1 {
                fail(.malformed(message: messageName, field: "number \(fieldNumber)"))
                return nil
            }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        fail(.truncated(message: messageName))
        return nil
    }

    /// The range of the pending length-delimited field; the cursor stands at its start afterwards.
    private mutating func delimitedRange() -> Range<Int>? {
        guard fieldType == .lengthDelimited else {
            fail(.malformed(message: messageName, field: "number \(fieldNumber)"))
            return nil
        }
        guard let length = varint() else { return nil }
        guard length <= UInt64(end - cursor) else {
            fail(.truncated(message: messageName))
            return nil
        }
        return cursor..<cursor + Int(length)
    }

    @inline(__always)
    mutating func take(_ number: Int, _ type: WireType, _ name: StaticString) -> Bool {
        guard pending, fieldNumber == number else { return false }
        guard fieldType == type else {
            fail(.malformed(message: messageName, field: name.description))
            return false
        }
        return true
    }

    mutating func varintField(_ number: Int, _ name: StaticString) -> UInt64? {
        guard take(number, .varint, name), let value = varint() else { return nil }
        nextTag()
        return value
    }

    mutating func delimitedField<Result>(
        _ number: Int, _ name: StaticString, _ body: (UnsafeRawBufferPointer) -> Result?
    ) -> Result? {
        guard take(number, .lengthDelimited, name), let range = delimitedRange() else { return nil }
        guard let result = body(UnsafeRawBufferPointer(rebasing: buffer[range])) else {
            fail(.malformed(message: messageName, field: name.description))
            return nil
        }
        cursor = range.upperBound
        nextTag()
        return result
    }

    /// The numbers packed into a delimited field or standing alone, each made into an element.
    mutating func packed<Element>(
        _ number: Int, _ name: StaticString, _ value: inout [Element], _ make: (UInt64) -> Element?
    ) {
        if first, !value.isEmpty { value = [] }
        while pending, fieldNumber == number, fieldType == .varint, let raw = varint() {
            guard let element = make(raw) else {
                return fail(.unknownValue(field: name.description, value: raw))
            }
            value.append(element)
            nextTag()
        }
        guard take(number, .lengthDelimited, name), let range = delimitedRange() else { return }
        let outerEnd = end
        end = range.upperBound
        while cursor < end, let raw = varint() {
            guard let element = make(raw) else {
                fail(.unknownValue(field: name.description, value: raw))
                break
            }
            value.append(element)
        }
        end = outerEnd
        nextTag()
    }
}
