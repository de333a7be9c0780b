/// Reads messages in the form that our own writers give them: one pass, fields in ascending order, numbers and lengths
/// as short as can be up to the first that is not.
///
/// Whatever it does not take, it refuses without saying why; `WireReader` then reads the same bytes, takes the other
/// forms that the specification allows, and names what is wrong. This reader must therefore only never take what
/// `WireReader` would not take, or read it differently.
///
/// The buffer must stay valid while the reader lives.
struct CanonicalReader {
    private var cursor: UnsafeRawPointer
    private var end: UnsafeRawPointer
    /// The tag that was read last and not taken yet; 0 at the end of the message.
    private var tag: UInt32 = 0
    private(set) var hasRefused = false
    /// Fields of the message under way that are checked but not kept: text, bytes, lists and messages among them are
    /// left empty.
    private var unkept = FieldSet.none

    /// Nil for no bytes.
    init?(_ buffer: UnsafeRawBufferPointer) {
        guard let start = buffer.baseAddress, !buffer.isEmpty else { return nil }
        cursor = start
        end = start + buffer.count
        nextTag()
    }

    /// Whether the message has been read to its end.
    var isAtEnd: Bool { tag == 0 && !hasRefused }

    /// The number of the length-delimited field that is to be taken next, if there is one.
    var pendingMessage: Int? {
        tag != 0 && UInt8(truncatingIfNeeded: tag & 7) == WireType.lengthDelimited.rawValue
            ? Int(tag >> 3) : nil
    }

    /// Reads the pending field as a message, and keeps what it says but for some of its fields. The message must be
    /// dropped if the reader has refused.
    @inline(__always)
    mutating func submessage<M: WireMessage>(_ message: inout M, except fields: FieldSet = .none) {
        let outer = (end, unkept)
        let length = length()
        end = cursor + length
        unkept = fields
        nextTag()
        message.visit(&self)
        if tag != 0 { refuse() }
        (end, unkept) = outer
        nextTag()
    }

    @inline(never)
    private mutating func refuse() {
        hasRefused = true
        cursor = end
        tag = 0
    }

    // MARK: Bytes

    @inline(__always)
    private mutating func nextTag() {
        guard cursor < end else {
            tag = 0
            return
        }
        let byte = cursor.load(as: UInt8.self)
        // Field number 0 does not exist.
        guard byte >= 8, byte < 0x80 else { return longTag() }
        cursor += 1
        tag = UInt32(byte)
    }

    /// A tag of two bytes: our numbers have no longer ones.
    @inline(never)
    private mutating func longTag() {
        guard end - cursor >= 2 else { return refuse() }
        let low = cursor.load(as: UInt8.self)
        let high = cursor.load(fromByteOffset: 1, as: UInt8.self)
        guard low >= 0x80, high > 0, high < 0x80 else { return refuse() }
        cursor += 2
        tag = UInt32(low & 0x7f) | UInt32(high) << 7
    }

    @inline(__always)
    private mutating func varint() -> UInt64 {
        guard cursor < end else {
            refuse()
            return 0
        }
        let byte = cursor.load(as: UInt8.self)
        guard byte < 0x80 else { return longVarint() }
        cursor += 1
        return UInt64(byte)
    }

    /// A number of more than one byte. Times have nine, so the first eight are taken at once where there are so many.
    @inline(never)
    private mutating func longVarint() -> UInt64 {
        if end - cursor >= 3 {
            let first = UInt64(cursor.load(as: UInt8.self)) & 0x7f
            let second = UInt64(cursor.load(fromByteOffset: 1, as: UInt8.self))
            if second < 0x80 {
                cursor += 2
                return first | second &<< 7
            }
            let third = UInt64(cursor.load(fromByteOffset: 2, as: UInt8.self))
            if third < 0x80 {
                cursor += 3
                return first | (second & 0x7f) &<< 7 | third &<< 14
            }
        }
        guard end - cursor >= 10 else { return longVarintByByte() }
        let word = UInt64(littleEndian: cursor.loadUnaligned(as: UInt64.self))
        let ends = ~word & 0x8080_8080_8080_8080
        guard ends == 0 else {
            // Bits up to and with those of the first byte that has no further one behind it.
            let bytes = word & (ends ^ (ends &- 1))
            cursor += ends.trailingZeroBitCount / 8 + 1
            return Self.withoutMarks(bytes)
        }
        let value = Self.withoutMarks(word)
        let ninth = UInt64(cursor.load(fromByteOffset: 8, as: UInt8.self))
        if ninth < 0x80 {
            cursor += 9
            return value | ninth &<< 56
        }
        let tenth = UInt64(cursor.load(fromByteOffset: 9, as: UInt8.self))
        guard tenth <= 1 else {
            refuse()
            return 0
        }
        cursor += 10
        return value | (ninth & 0x7f) &<< 56 | tenth &<< 63
    }

    /// The lower seven bits of each of eight bytes, pushed together pair by pair.
    @inline(__always)
    private static func withoutMarks(_ word: UInt64) -> UInt64 {
        let sevens = word & 0x7f7f_7f7f_7f7f_7f7f
        let fourteens = sevens & 0x007f_007f_007f_007f | (sevens & 0x7f00_7f00_7f00_7f00) &>> 1
        let twentyEights = fourteens & 0x0000_3fff_0000_3fff | (fourteens & 0x3fff_0000_3fff_0000) &>> 2
        return twentyEights & 0x0fff_ffff | (twentyEights & 0x0fff_ffff_0000_0000) &>> 4
    }

    @inline(never)
    private mutating func longVarintByByte() -> UInt64 {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while cursor < end {
            let byte = cursor.load(as: UInt8.self)
            cursor += 1
            if shift == 63, byte > 1 { break }
            value |= UInt64(byte & 0x7f) &<< shift
            if byte < 0x80 { return value }
            shift += 7
        }
        refuse()
        return 0
    }

    /// Reads a length and gives it if so many bytes follow.
    @inline(__always)
    private mutating func length() -> Int {
        let length = varint()
        guard length <= UInt64(end - cursor) else {
            refuse()
            return 0
        }
        return Int(length)
    }

    /// Whether the pending field is this one; it is then taken.
    @inline(__always)
    private func isPending(_ number: Int, _ type: WireType) -> Bool {
        tag == UInt32(truncatingIfNeeded: number) << 3 | UInt32(type.rawValue)
    }

    /// The number of the pending field, or 0.
    @inline(__always)
    private mutating func varintField(_ number: Int) -> UInt64 {
        guard isPending(number, .varint) else { return 0 }
        let value = varint()
        nextTag()
        return value
    }

    /// The contents of the pending length-delimited field.
    @inline(__always)
    private mutating func contents() -> UnsafeRawBufferPointer {
        let length = length()
        let contents = UnsafeRawBufferPointer(start: cursor, count: length)
        cursor += length
        nextTag()
        return contents
    }

    /// The contents of the pending length-delimited field, which is not taken; nil if they are long, or cut short.
    @inline(__always)
    private var shortContents: UnsafeRawBufferPointer? {
        guard cursor < end else { return nil }
        let length = Int(cursor.load(as: UInt8.self))
        guard length < 0x80, length < end - cursor else { return nil }
        return UnsafeRawBufferPointer(start: cursor + 1, count: length)
    }

    private static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        var offset = 0
        while offset &+ 8 <= bytes.count {
            let word = bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)
            if word & 0x8080_8080_8080_8080 != 0 { return false }
            offset &+= 8
        }
        while offset < bytes.count {
            if bytes[offset] >= 0x80 { return false }
            offset &+= 1
        }
        return true
    }

    /// The text of the pending field, which is empty if it is not kept.
    @inline(never)
    private mutating func text(kept: Bool) -> String {
        let bytes = contents()
        if Self.isASCII(bytes) { return kept ? String(decoding: bytes, as: UTF8.self) : "" }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            refuse()
            return ""
        }
        return kept ? text : ""
    }

    /// The numbers that are packed into the pending field.
    @inline(__always)
    private mutating func packed(_ each: (inout Self, UInt64) -> Void) {
        let length = length()
        let outerEnd = end
        end = cursor + length
        while cursor < end { each(&self, varint()) }
        end = outerEnd
        nextTag()
    }

    @inline(__always)
    private func isKept(_ number: Int) -> Bool { !unkept.contains(number) }
}

extension CanonicalReader: FieldVisitor {
    @inline(__always)
    mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt64) {
        value = varintField(number)
    }

    @inline(__always)
    mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt32) {
        let wide = varintField(number)
        if wide > UInt64(UInt32.max) { refuse() }
        value = UInt32(truncatingIfNeeded: wide)
    }

    @inline(__always)
    mutating func bool(_ number: Int, _ name: StaticString, _ value: inout Bool) {
        let raw = varintField(number)
        if raw > 1 { refuse() }
        value = raw == 1
    }

    @inline(__always)
    mutating func double(_ number: Int, _ name: StaticString, _ value: inout Double) {
        guard isPending(number, .fixed64) else {
            value = 0
            return
        }
        guard end - cursor >= 8 else { return refuse() }
        value = Double(bitPattern: UInt64(littleEndian: cursor.loadUnaligned(as: UInt64.self)))
        cursor += 8
        nextTag()
    }

    @inline(__always)
    mutating func string(_ number: Int, _ name: StaticString, _ value: inout String) {
        if isPending(number, .lengthDelimited) {
            value = text(kept: isKept(number))
        } else if !value.isEmpty {
            value = ""
        }
    }

    @inline(__always)
    mutating func strings(_ number: Int, _ name: StaticString, _ value: inout [String]) {
        if !value.isEmpty { value = [] }
        while isPending(number, .lengthDelimited) {
            let text = text(kept: isKept(number))
            if isKept(number) { value.append(text) }
        }
    }

    @inline(__always)
    mutating func bytes(_ number: Int, _ name: StaticString, _ value: inout [UInt8]) {
        if !value.isEmpty { value = [] }
        guard isPending(number, .lengthDelimited) else { return }
        let contents = contents()
        if isKept(number), !contents.isEmpty { value = [UInt8](contents) }
    }

    @inline(__always)
    mutating func time(_ number: Int, _ name: StaticString, _ value: inout EventTime) {
        value = EventTime(nanoseconds: varintField(number))
    }

    @inline(__always)
    private mutating func digest() -> Digest {
        let contents = contents()
        guard contents.count == Digest.byteCount else {
            refuse()
            return .zero
        }
        return Digest(loading: contents)
    }

    @inline(__always)
    mutating func digest(_ number: Int, _ name: StaticString, _ value: inout Digest) {
        guard isPending(number, .lengthDelimited) else { return refuse() }
        value = digest()
    }

    @inline(__always)
    mutating func optionalDigest(_ number: Int, _ name: StaticString, _ value: inout Digest?) {
        value = isPending(number, .lengthDelimited) ? digest() : nil
    }

    @inline(__always)
    mutating func digests(_ number: Int, _ name: StaticString, _ value: inout [Digest]) {
        if !value.isEmpty { value = [] }
        while isPending(number, .lengthDelimited) {
            let digest = digest()
            if isKept(number) { value.append(digest) }
        }
    }

    @inline(__always)
    mutating func identifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID) {
        value = ID(varintField(number))
    }

    @inline(__always)
    mutating func optionalIdentifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID?) {
        let raw = varintField(number)
        value = raw == 0 ? nil : ID(raw)
    }

    @inline(__always)
    mutating func identifiers<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout [ID]) {
        if !value.isEmpty { value = [] }
        guard isPending(number, .lengthDelimited) else { return }
        let isKept = isKept(number)
        packed { _, raw in
            if isKept { value.append(ID(raw)) }
        }
    }

    @inline(__always)
    mutating func choice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E) {
        guard let known = known(varintField(number), as: E.self) else { return refuse() }
        value = known
    }

    @inline(__always)
    mutating func optionalChoice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E?) {
        let raw = varintField(number)
        value = known(raw, as: E.self)
        if value == nil, raw != 0 { refuse() }
    }

    @inline(__always)
    private func known<E: WireEnum>(_ raw: UInt64, as type: E.Type) -> E? {
        raw <= UInt64(UInt32.max) ? E(rawValue: UInt32(truncatingIfNeeded: raw)) : nil
    }

    @inline(__always)
    mutating func choices<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout [E]) {
        if !value.isEmpty { value = [] }
        guard isPending(number, .lengthDelimited) else { return }
        let isKept = isKept(number)
        if isKept, let numbers = shortContents, let list = E.sharedList(numbers) {
            value = list
            _ = contents()
            return
        }
        packed { reader, raw in
            guard let known = reader.known(raw, as: E.self) else { return reader.refuse() }
            if isKept { value.append(known) }
        }
    }

    @inline(__always)
    mutating func message<M: WireMessage>(_ number: Int, _ name: StaticString, _ value: inout M) {
        guard isPending(number, .lengthDelimited) else { return refuse() }
        submessage(&value, except: isKept(number) ? .none : .all)
    }

    @inline(__always)
    mutating func optionalMessage<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout M?
    ) {
        guard isPending(number, .lengthDelimited) else {
            value = nil
            return
        }
        var message = M()
        submessage(&message, except: isKept(number) ? .none : .all)
        value = message
    }

    @inline(__always)
    mutating func messages<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout [M]
    ) {
        if !value.isEmpty { value = [] }
        while isPending(number, .lengthDelimited) {
            var message = M()
            submessage(&message, except: isKept(number) ? .none : .all)
            if isKept(number) { value.append(message) }
        }
    }
}
