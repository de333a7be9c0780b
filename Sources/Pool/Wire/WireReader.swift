/// Decodes messages from the proto3 wire format.
///
/// A message is visited with its fields in ascending order, which is the order of our own writers: one pass then
/// suffices. Fields in another order take further passes, and a field that no pass takes is unknown: an error that
/// names it, never skipped.
///
/// The buffer must stay valid while the reader lives; the only way to make one is through `decode`, which holds it.
struct WireReader: FieldVisitor {
    private let buffer: UnsafeRawBufferPointer
    private var cursor = 0
    private var end: Int
    private var fieldNumber = 0
    private var fieldType = WireType.varint
    /// The field after the tag that was read last has not been taken yet.
    private var pending = false
    /// No pass over the message has ended: a field that is not the pending one was left out, which says zero.
    private var first = false
    private var message: Any.Type = Never.self
    /// Required fields that were visited and those that were taken, as bits by number.
    private var required: UInt64 = 0
    private var taken: UInt64 = 0
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

    /// Passes over the fields until all are taken.
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

    private var messageName: String { String(describing: message) }

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

    private mutating func nextTag() {
        guard failure == nil else { return }
        guard cursor < end else {
            pending = false
            return
        }
        guard let tag = varint() else { return }
        guard let type = WireType(rawValue: UInt8(tag & 7)), tag >> 3 != 0, tag >> 3 <= 0x1fff_ffff else {
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
            if shift == 63, byte > 1 { break }
            value |= UInt64(byte & 0x7f) << shift
            if byte < 0x80 { return value }
            shift += 7
            if shift > 63 { break }
        }
        fail(
            cursor >= end
                ? .truncated(message: messageName)
                : .malformed(message: messageName, field: "number \(fieldNumber)"))
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
    private mutating func take(_ number: Int, _ type: WireType, _ name: StaticString) -> Bool {
        guard pending, fieldNumber == number else { return false }
        guard fieldType == type else {
            fail(.malformed(message: messageName, field: name.description))
            return false
        }
        return true
    }

    private mutating func varintField(_ number: Int, _ name: StaticString) -> UInt64? {
        guard take(number, .varint, name), let value = varint() else { return nil }
        nextTag()
        return value
    }

    private mutating func delimitedField<Result>(
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

    /// The numbers packed into a delimited field, each made into an element.
    private mutating func packed<Element>(
        _ number: Int, _ name: StaticString, _ value: inout [Element], _ make: (UInt64) -> Element?
    ) {
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

    // MARK: Fields

    mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt64) {
        if first { value = 0 }
        if let raw = varintField(number, name) { value = raw }
    }

    mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt32) {
        if first { value = 0 }
        guard let raw = varintField(number, name) else { return }
        guard let exact = UInt32(exactly: raw) else {
            return fail(.malformed(message: messageName, field: name.description))
        }
        value = exact
    }

    mutating func bool(_ number: Int, _ name: StaticString, _ value: inout Bool) {
        if first { value = false }
        guard let raw = varintField(number, name) else { return }
        guard raw <= 1 else { return fail(.malformed(message: messageName, field: name.description)) }
        value = raw == 1
    }

    mutating func double(_ number: Int, _ name: StaticString, _ value: inout Double) {
        if first { value = 0 }
        guard take(number, .fixed64, name) else { return }
        guard end - cursor >= 8 else { return fail(.truncated(message: messageName)) }
        let bits = buffer.loadUnaligned(fromByteOffset: cursor, as: UInt64.self)
        value = Double(bitPattern: UInt64(littleEndian: bits))
        cursor += 8
        nextTag()
    }

    mutating func string(_ number: Int, _ name: StaticString, _ value: inout String) {
        if first { value = "" }
        if let text = delimitedField(number, name, { String(validating: $0, as: UTF8.self) }) { value = text }
    }

    mutating func strings(_ number: Int, _ name: StaticString, _ value: inout [String]) {
        while let text = delimitedField(number, name, { String(validating: $0, as: UTF8.self) }) {
            value.append(text)
        }
    }

    mutating func bytes(_ number: Int, _ name: StaticString, _ value: inout [UInt8]) {
        if let bytes = delimitedField(number, name, { [UInt8]($0) }) { value = bytes }
    }

    mutating func time(_ number: Int, _ name: StaticString, _ value: inout EventTime) {
        if let raw = varintField(number, name) { value = EventTime(nanoseconds: raw) }
    }

    mutating func digest(_ number: Int, _ name: StaticString, _ value: inout Digest) {
        required |= 1 << UInt64(number)
        guard let digest = delimitedField(number, name, { Digest(bytes: $0) }) else { return }
        value = digest
        taken |= 1 << UInt64(number)
    }

    mutating func optionalDigest(_ number: Int, _ name: StaticString, _ value: inout Digest?) {
        if let digest = delimitedField(number, name, { Digest(bytes: $0) }) { value = digest }
    }

    mutating func digests(_ number: Int, _ name: StaticString, _ value: inout [Digest]) {
        while let digest = delimitedField(number, name, { Digest(bytes: $0) }) { value.append(digest) }
    }

    mutating func identifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID) {
        if let raw = varintField(number, name) { value = ID(raw) }
    }

    mutating func optionalIdentifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID?) {
        if let raw = varintField(number, name) { value = ID(raw) }
    }

    mutating func identifiers<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout [ID]) {
        packed(number, name, &value) { ID($0) }
    }

    mutating func choice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E) {
        required |= 1 << UInt64(number)
        var found: E?
        optionalChoice(number, name, &found)
        guard let found else { return }
        value = found
        taken |= 1 << UInt64(number)
    }

    mutating func optionalChoice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E?) {
        guard let raw = varintField(number, name) else { return }
        guard let known = UInt32(exactly: raw).flatMap(E.init(rawValue:)) else {
            return fail(.unknownValue(field: name.description, value: raw))
        }
        value = known
    }

    mutating func choices<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout [E]) {
        packed(number, name, &value) { UInt32(exactly: $0).flatMap(E.init(rawValue:)) }
    }

    mutating func message<M: WireMessage>(_ number: Int, _ name: StaticString, _ value: inout M) {
        required |= 1 << UInt64(number)
        guard take(number, .lengthDelimited, name) else { return }
        taken |= 1 << UInt64(number)
        value = submessage(value)
    }

    mutating func optionalMessage<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout M?
    ) {
        if take(number, .lengthDelimited, name) { value = submessage(M()) }
    }

    mutating func messages<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout [M]
    ) {
        while take(number, .lengthDelimited, name) { value.append(submessage(M())) }
    }
}
