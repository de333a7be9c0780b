import CChecksum

/// CRC-32C, the Castagnoli cyclic redundancy check (RFC 3720).
///
/// It tells every burst of damage up to 32 bits, which is what a record needs to be told from its neighbours
/// when it is read. That nobody changed a record on purpose is what the hash chain of the commits is for.
enum Checksum {
    static func of(_ bytes: UnsafeRawBufferPointer) -> UInt32 {
        weir_crc32c(0, bytes.baseAddress, bytes.count)
    }

    /// The check of a sequence number's eight little-endian bytes.
    ///
    /// A record's stored check is combined with it, so that a record at another record's place is found, while the
    /// check of its bytes can be computed before the record has a place.
    static func mask(of sequence: UInt64) -> UInt32 {
        withUnsafeBytes(of: sequence.littleEndian) { of($0) }
    }
}
