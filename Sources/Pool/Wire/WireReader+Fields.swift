/// How each kind of field is read. A field that is absent becomes zero or empty in the first pass.
extension WireReader: FieldVisitor {
    mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt64) {
        if let raw = varintField(number, name) { value = raw } else if first { value = 0 }
    }

    mutating func uint(_ number: Int, _ name: StaticString, _ value: inout UInt32) {
        guard let raw = varintField(number, name) else {
            if first { value = 0 }
            return
        }
        guard let exact = UInt32(exactly: raw) else {
            return fail(.malformed(message: messageName, field: name.description))
        }
        value = exact
    }

    mutating func bool(_ number: Int, _ name: StaticString, _ value: inout Bool) {
        guard let raw = varintField(number, name) else {
            if first { value = false }
            return
        }
        guard raw <= 1 else { return fail(.malformed(message: messageName, field: name.description)) }
        value = raw == 1
    }

    mutating func double(_ number: Int, _ name: StaticString, _ value: inout Double) {
        guard take(number, .fixed64, name) else {
            if first { value = 0 }
            return
        }
        guard end - cursor >= 8 else { return fail(.truncated(message: messageName)) }
        let bits = buffer.loadUnaligned(fromByteOffset: cursor, as: UInt64.self)
        value = Double(bitPattern: UInt64(littleEndian: bits))
        cursor += 8
        nextTag()
    }

    mutating func string(_ number: Int, _ name: StaticString, _ value: inout String) {
        if let text = delimitedField(number, name, { String(validating: $0, as: UTF8.self) }) {
            value = text
        } else if first {
            value = ""
        }
    }

    mutating func strings(_ number: Int, _ name: StaticString, _ value: inout [String]) {
        if first, !value.isEmpty { value = [] }
        while let text = delimitedField(number, name, { String(validating: $0, as: UTF8.self) }) {
            value.append(text)
        }
    }

    mutating func bytes(_ number: Int, _ name: StaticString, _ value: inout [UInt8]) {
        if let bytes = delimitedField(number, name, { [UInt8]($0) }) {
            value = bytes
        } else if first, !value.isEmpty {
            value = []
        }
    }

    mutating func time(_ number: Int, _ name: StaticString, _ value: inout EventTime) {
        uint(number, name, &value.nanoseconds)
    }

    mutating func digest(_ number: Int, _ name: StaticString, _ value: inout Digest) {
        required |= 1 << UInt64(number)
        guard let found = delimitedField(number, name, { Self.optionalDigest($0) }) else { return }
        requiredField(number, found, &value)
    }

    mutating func optionalDigest(_ number: Int, _ name: StaticString, _ value: inout Digest?) {
        if let found = delimitedField(number, name, { Self.optionalDigest($0) }) {
            value = found
        } else if first {
            value = nil
        }
    }

    /// No bytes are an absent digest; outer nil for a wrong length.
    private static func optionalDigest(_ bytes: UnsafeRawBufferPointer) -> Digest?? {
        if bytes.isEmpty { return .some(nil) }
        return Digest(bytes: bytes).map { .some($0) }
    }

    mutating func digests(_ number: Int, _ name: StaticString, _ value: inout [Digest]) {
        if first, !value.isEmpty { value = [] }
        while let digest = delimitedField(number, name, { Digest(bytes: $0) }) { value.append(digest) }
    }

    mutating func identifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID) {
        if let raw = varintField(number, name) { value = ID(raw) } else if first { value = ID(0) }
    }

    mutating func optionalIdentifier<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout ID?) {
        if let raw = varintField(number, name) {
            value = raw == 0 ? nil : ID(raw)
        } else if first {
            value = nil
        }
    }

    mutating func identifiers<ID: EntityID>(_ number: Int, _ name: StaticString, _ value: inout [ID]) {
        packed(number, name, &value) { ID($0) }
    }

    mutating func choice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E) {
        required |= 1 << UInt64(number)
        guard let found: E? = choiceField(number, name) else { return }
        requiredField(number, found, &value)
    }

    mutating func optionalChoice<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout E?) {
        if let found: E? = choiceField(number, name) { value = found } else if first { value = nil }
    }

    /// The pending field as a case; inner nil for "unspecified", outer nil when there is no such field.
    private mutating func choiceField<E: WireEnum>(_ number: Int, _ name: StaticString) -> E?? {
        guard let raw = varintField(number, name) else { return nil }
        if raw == 0 { return .some(nil) }
        guard let known = UInt32(exactly: raw).flatMap(E.init(rawValue:)) else {
            fail(.unknownValue(field: name.description, value: raw))
            return nil
        }
        return .some(known)
    }

    /// Notes what was found for a required field: the last of several values decides.
    private mutating func requiredField<Value>(_ number: Int, _ found: Value?, _ value: inout Value) {
        guard let found else {
            taken &= ~(1 << UInt64(number))
            return
        }
        value = found
        taken |= 1 << UInt64(number)
    }

    mutating func choices<E: WireEnum>(_ number: Int, _ name: StaticString, _ value: inout [E]) {
        packed(number, name, &value) { UInt32(exactly: $0).flatMap(E.init(rawValue:)) }
    }

    mutating func message<M: WireMessage>(_ number: Int, _ name: StaticString, _ value: inout M) {
        let bit: UInt64 = 1 << UInt64(number)
        required |= bit
        guard take(number, .lengthDelimited, name) else { return }
        guard taken & bit == 0 else {
            return fail(.duplicateField(message: messageName, number: number))
        }
        taken |= bit
        value = submessage(value)
    }

    mutating func optionalMessage<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout M?
    ) {
        if first { value = nil }
        guard take(number, .lengthDelimited, name) else { return }
        guard value == nil else { return fail(.duplicateField(message: messageName, number: number)) }
        value = submessage(M())
    }

    mutating func messages<M: WireMessage & DefaultInitializable>(
        _ number: Int, _ name: StaticString, _ value: inout [M]
    ) {
        if first, !value.isEmpty { value = [] }
        while take(number, .lengthDelimited, name) { value.append(submessage(M())) }
    }
}
