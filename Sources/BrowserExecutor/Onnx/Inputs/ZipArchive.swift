/// The members of a zip file, as `numpy.savez` and `numpy.savez_compressed` write it (APPNOTE.TXT, sections 4.3 to 4.5):
/// stored or deflated, with 64-bit sizes if need be; neither encrypted nor in several parts.
struct ZipArchive {
    struct Malformed: Error, Equatable, CustomStringConvertible {
        let reason: String
        var description: String { reason }
    }

    struct Member {
        var name: String
        fileprivate var method: Int
        fileprivate var flags: Int
        fileprivate var checksum: UInt32
        fileprivate var packedBytes: Int
        fileprivate var bytes: Int
        fileprivate var offset: Int
    }

    /// In the order of the directory.
    let members: [Member]
    private let file: [UInt8]

    /// Most bytes of one member, unpacked.
    private static let memberLimit = Tensor.byteLimit + 65536

    init(_ file: [UInt8]) throws(Malformed) {
        self.file = file
        let reader = LittleEndian(bytes: file)
        let end = try Self.endOfDirectory(reader)
        var count = try reader.integer(2, at: end + 10)
        var at = try reader.integer(4, at: end + 16)
        if count == 0xffff || at == 0xffff_ffff {
            (count, at) = try Self.wideDirectory(reader, before: end)
        }
        var members: [Member] = []
        for _ in 0..<count {
            guard try reader.integer(4, at: at) == 0x0201_4b50 else {
                throw Malformed(reason: "its directory is damaged at byte \(at)")
            }
            let nameBytes = try reader.integer(2, at: at + 28)
            let extraBytes = try reader.integer(2, at: at + 30)
            let commentBytes = try reader.integer(2, at: at + 32)
            let name = try reader.slice(nameBytes, at: at + 46)
            var member = Member(
                name: String(decoding: name, as: UTF8.self), method: try reader.integer(2, at: at + 10),
                flags: try reader.integer(2, at: at + 8),
                checksum: UInt32(try reader.integer(4, at: at + 16)),
                packedBytes: try reader.integer(4, at: at + 20), bytes: try reader.integer(4, at: at + 24),
                offset: try reader.integer(4, at: at + 42))
            try Self.widen(&member, by: reader, from: at + 46 + nameBytes, length: extraBytes)
            members.append(member)
            at += 46 + nameBytes + extraBytes + commentBytes
        }
        self.members = members
    }

    /// Where the record at the end of the directory begins: the last place that has its signature and a comment that
    /// reaches to the end of the file.
    private static func endOfDirectory(_ reader: LittleEndian) throws(Malformed) -> Int {
        let last = reader.bytes.count - 22
        var at = last
        while at >= 0, at >= last - 0xffff {
            if try reader.integer(4, at: at) == 0x0605_4b50, try reader.integer(2, at: at + 20) == last - at {
                return at
            }
            at -= 1
        }
        throw Malformed(reason: "it has no directory at its end: it is cut off, or no zip file")
    }

    /// Members and beginning of a directory that needs 64 bits.
    private static func wideDirectory(
        _ reader: LittleEndian, before end: Int
    ) throws(Malformed) -> (count: Int, at: Int) {
        guard try reader.integer(4, at: end - 20) == 0x0706_4b50 else {
            throw Malformed(reason: "its directory needs 64 bits and has no record of them")
        }
        let record = try reader.integer(8, at: end - 12)
        guard try reader.integer(4, at: record) == 0x0606_4b50 else {
            throw Malformed(reason: "the record of its directory is damaged")
        }
        return (try reader.integer(8, at: record + 32), try reader.integer(8, at: record + 48))
    }

    /// Takes over sizes and offset that did not fit in 32 bits, from the extra field 1.
    private static func widen(
        _ member: inout Member, by reader: LittleEndian, from start: Int, length: Int
    ) throws(Malformed) {
        var at = start
        while at + 4 <= start + length {
            let kind = try reader.integer(2, at: at)
            let bytes = try reader.integer(2, at: at + 2)
            if kind == 1 {
                var next = at + 4
                for field in [\Member.bytes, \Member.packedBytes, \Member.offset]
                where member[keyPath: field] == 0xffff_ffff {
                    member[keyPath: field] = try reader.integer(8, at: next)
                    next += 8
                }
            }
            at += 4 + bytes
        }
    }

    /// A member's content, checked against its CRC-32.
    func content(of member: Member) throws(Malformed) -> [UInt8] {
        guard member.flags & 1 == 0 else { throw Malformed(reason: "it is encrypted") }
        guard member.bytes <= Self.memberLimit else {
            throw Malformed(reason: "it has \(member.bytes) bytes; \(Tensor.byteLimit) are possible")
        }
        let reader = LittleEndian(bytes: file)
        guard try reader.integer(4, at: member.offset) == 0x0403_4b50 else {
            throw Malformed(reason: "its header is damaged at byte \(member.offset)")
        }
        let nameBytes = try reader.integer(2, at: member.offset + 26)
        let extraBytes = try reader.integer(2, at: member.offset + 28)
        let packed = try reader.slice(member.packedBytes, at: member.offset + 30 + nameBytes + extraBytes)
        let content: [UInt8]
        switch member.method {
        case 0 where member.packedBytes == member.bytes: content = Array(packed)
        case 8:
            do {
                content = try Inflate.unpack(packed, size: member.bytes)
            } catch {
                throw Malformed(reason: error.reason)
            }
        case 0: throw Malformed(reason: "it is stored with two different sizes")
        default:
            throw Malformed(
                reason: "it is packed by method \(member.method); taken are 0 (stored) and 8 (deflated)")
        }
        guard Self.checksum(content) == member.checksum else {
            throw Malformed(reason: "its content does not have its checksum")
        }
        return content
    }

    /// CRC-32 as zip has it: the polynomial 0xEDB88320, reflected.
    static func checksum(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(0xffff_ffff) { $0 >> 8 ^ table[Int(($0 ^ UInt32($1)) & 0xff)] }
    }

    private static let table: [UInt32] = (0..<256).map { index in
        (0..<8).reduce(UInt32(index)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0xedb8_8320 : value >> 1 }
    }

    /// Integers and slices of a file; what lies beyond it is refused.
    private struct LittleEndian {
        let bytes: [UInt8]

        func slice(_ count: Int, at offset: Int) throws(Malformed) -> ArraySlice<UInt8> {
            guard offset >= 0, count >= 0, offset <= bytes.count, count <= bytes.count - offset else {
                throw Malformed(reason: "it is cut off: \(count) bytes at \(offset) are not there")
            }
            return bytes[offset..<offset + count]
        }

        func integer(_ size: Int, at offset: Int) throws(Malformed) -> Int {
            let value = try slice(size, at: offset).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            guard value <= UInt64(Int32.max) << 16 else {
                throw Malformed(reason: "it is damaged: \(value) at byte \(offset) is no size")
            }
            return Int(value)
        }
    }
}
