import CChecksum

/// CRC-32C, the Castagnoli cyclic redundancy check (RFC 3720).
///
/// It tells every burst of damage up to 32 bits, which is what a record needs to be told from its neighbours
/// when it is read. That nobody changed a record on purpose is what the hash chain of the commits is for.
enum Checksum {
    /// - Parameter former: the check of the bytes before, if there are any.
    static func of(_ bytes: UnsafeRawBufferPointer, behind former: UInt32 = 0) -> UInt32 {
        weir_crc32c(former, bytes.baseAddress, bytes.count)
    }

    /// The check of a sequence number's eight little-endian bytes.
    ///
    /// A record's stored check is combined with it, so that a record at another record's place is found, while the
    /// check of its bytes can be computed before the record has a place.
    static func mask(of sequence: UInt64) -> UInt32 {
        withUnsafeBytes(of: sequence.littleEndian) { of($0) }
    }
}

/// The masks of sequence numbers that follow one another, mostly without working each out.
///
/// The check of two words of one length, combined by exclusive or, is the checks of both and that of zeros combined. So a
/// number's mask is that of its upper bytes and what its lowest byte changes.
struct SequenceMasks {
    private var upper = UInt64.max
    private var mask: UInt32 = 0
    private let changes = Self.changes

    /// What each lowest byte changes.
    private static let changes: [UInt32] = (0..<256).map { Checksum.mask(of: $0) ^ Checksum.mask(of: 0) }

    /// ``Checksum/mask(of:)``.
    @inline(__always)
    mutating func mask(of sequence: UInt64) -> UInt32 {
        if sequence >> 8 != upper {
            upper = sequence >> 8
            mask = Checksum.mask(of: sequence & ~0xff)
        }
        return mask ^ changes[Int(truncatingIfNeeded: sequence & 0xff)]
    }
}
