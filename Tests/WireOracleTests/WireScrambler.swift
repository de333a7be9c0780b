/// Rewrites a message's bytes into other bytes of the same meaning, in ways that the encoding specification asks every
/// reader to take: fields in another order, packed numbers split or one by one, zeros written out, numbers with leading
/// zero groups, and superseded values before those that count.
struct WireScrambler {
    let schema: Schema
    var random: SplitMix64

    mutating func scramble(_ bytes: some Collection<UInt8>, _ message: String) -> [UInt8] {
        var rest = Array(bytes)[...]
        var values: [Int: [Value]] = [:]
        while !rest.isEmpty {
            let tag = Self.varint(&rest)
            values[Int(tag >> 3), default: []].append(Value(type: tag & 7, &rest))
        }
        var records: [[[UInt8]]] = []
        for field in schema.messages[message]! {
            let isPayload = message == "Event" && schema.payloadNumbers.contains(field.number)
            var written = values[field.number, default: []].flatMap { write(field, $0) }
            if !field.isRepeated, !isPayload, !field.isMessage, random.below(2) == 0 {
                if written.isEmpty {
                    written = [zero(field)]
                } else if let superseded = superseded(field) {
                    written.insert(superseded, at: 0)
                }
            }
            if !written.isEmpty { records.append(written) }
        }
        var scrambled: [UInt8] = []
        while !records.isEmpty {
            let index = random.below(records.count)
            scrambled += records[index].removeFirst()
            if records[index].isEmpty { records.remove(at: index) }
        }
        return scrambled
    }

    // MARK: Values

    private enum Value {
        case number(UInt64)
        case fixed([UInt8])
        case delimited([UInt8])

        init(type: UInt64, _ rest: inout ArraySlice<UInt8>) {
            switch type {
            case 0: self = .number(WireScrambler.varint(&rest))
            case 1: self = .fixed(WireScrambler.take(8, &rest))
            default: self = .delimited(WireScrambler.take(Int(WireScrambler.varint(&rest)), &rest))
            }
        }
    }

    private mutating func write(_ field: Schema.Field, _ value: Value) -> [[UInt8]] {
        switch value {
        case .number(let number): return [tag(field) + varint(number)]
        case .fixed(let bytes): return [tag(field) + bytes]
        case .delimited(let bytes):
            if case .message(let name) = field.kind { return [delimited(field, scramble(bytes, name))] }
            guard field.isRepeated, field.wireType == 0 else { return [delimited(field, bytes)] }
            return unpack(field, bytes)
        }
    }

    /// Packed numbers as single ones and shorter packs.
    private mutating func unpack(_ field: Schema.Field, _ bytes: [UInt8]) -> [[UInt8]] {
        var rest = bytes[...]
        var written: [[UInt8]] = []
        while !rest.isEmpty {
            if random.below(2) == 0 {
                written.append(tag(field) + varint(Self.varint(&rest)))
                continue
            }
            var pack: [UInt8] = []
            repeat { pack += varint(Self.varint(&rest)) } while !rest.isEmpty && random.below(2) == 0
            written.append(delimited(field, pack))
        }
        return written
    }

    private mutating func zero(_ field: Schema.Field) -> [UInt8] {
        switch field.wireType {
        case 0: tag(field) + varint(0)
        case 1: tag(field) + [UInt8](repeating: 0, count: 8)
        default: delimited(field, [])
        }
    }

    /// A value that the next one replaces; nil where it would have to be of some length.
    private mutating func superseded(_ field: Schema.Field) -> [UInt8]? {
        switch field.kind {
        case .uint64: tag(field) + varint(random.next())
        case .uint32: tag(field) + varint(random.next() >> 32)
        case .bool, .enumeration: tag(field) + varint(UInt64(random.below(2)))
        case .double: tag(field) + (0..<8).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        case .string: delimited(field, Array("superseded".utf8))
        case .bytes, .message: nil
        }
    }

    // MARK: Bytes

    private func tag(_ field: Schema.Field, type: UInt64? = nil) -> [UInt8] {
        Self.bytes(UInt64(field.number) << 3 | (type ?? field.wireType))
    }

    private func delimited(_ field: Schema.Field, _ bytes: [UInt8]) -> [UInt8] {
        tag(field, type: 2) + Self.bytes(UInt64(bytes.count)) + bytes
    }

    private mutating func varint(_ value: UInt64) -> [UInt8] {
        var bytes = Self.bytes(value)
        guard bytes.count < 10, random.below(4) == 0 else { return bytes }
        bytes[bytes.count - 1] |= 0x80
        bytes += [UInt8](repeating: 0x80, count: random.below(10 - bytes.count)) + [0]
        return bytes
    }

    private static func bytes(_ value: UInt64) -> [UInt8] {
        value < 0x80 ? [UInt8(value)] : [UInt8(value & 0x7f) | 0x80] + bytes(value >> 7)
    }

    private static func varint(_ rest: inout ArraySlice<UInt8>) -> UInt64 {
        let byte = rest.removeFirst()
        return byte < 0x80 ? UInt64(byte) : UInt64(byte & 0x7f) | varint(&rest) << 7
    }

    private static func take(_ count: Int, _ rest: inout ArraySlice<UInt8>) -> [UInt8] {
        defer { rest = rest.dropFirst(count) }
        return Array(rest.prefix(count))
    }
}

extension Schema.Field {
    fileprivate var isMessage: Bool { if case .message = kind { true } else { false } }
}
