/// The stored form of one record: CRC-32C (4 bytes), flags (4 bytes, bit 0: begins a step), then the payload.
///
/// The check covers the sequence number, the flags and the payload, so that a record that is read at another
/// record's place is told from the right one. All integers are little-endian.
enum RecordCoding {
    static let headerBytes = 8
    /// The largest payload of the format; a stored size beyond it is damage.
    static let payloadBytesLimit = 64 << 20

    private static let beginsStepFlag: UInt32 = 1

    /// Appends the stored form, preceded by its length in 4 bytes: the form in which commits hash their records.
    static func appendFramed(
        sequence: UInt64, beginsStep: Bool, payload: [UInt8], to buffer: inout [UInt8]
    ) {
        let flags = beginsStep ? beginsStepFlag : 0
        buffer.append(littleEndian: UInt32(headerBytes + payload.count))
        payload.withUnsafeBytes {
            buffer.append(littleEndian: checksum(sequence: sequence, flags: flags, payload: $0))
        }
        buffer.append(littleEndian: flags)
        buffer.append(contentsOf: payload)
    }

    /// Whether the stored form at `sequence` begins a step, or what is wrong with it.
    static func check(_ stored: UnsafeRawBufferPointer, sequence: UInt64) -> Result<Bool, Damage> {
        guard stored.count >= headerBytes else {
            return .failure(Damage("its \(stored.count) bytes are too few for a record"))
        }
        let expected = UInt32(littleEndian: stored.loadUnaligned(as: UInt32.self))
        let flags = UInt32(littleEndian: stored.loadUnaligned(fromByteOffset: 4, as: UInt32.self))
        let payload = UnsafeRawBufferPointer(rebasing: stored[headerBytes...])
        guard checksum(sequence: sequence, flags: flags, payload: payload) == expected else {
            return .failure(Damage("its checksum does not match"))
        }
        guard flags & ~beginsStepFlag == 0 else {
            return .failure(Damage("its flags \(flags) are unknown"))
        }
        return .success(flags & beginsStepFlag != 0)
    }

    /// What is wrong with a stored value.
    struct Damage: Error {
        let problem: String

        init(_ problem: String) {
            self.problem = problem
        }
    }

    private static func checksum(
        sequence: UInt64, flags: UInt32, payload: UnsafeRawBufferPointer
    ) -> UInt32 {
        var crc = CRC32C()
        crc.update(littleEndian: sequence)
        crc.update(littleEndian: flags)
        crc.update(payload)
        return crc.value
    }
}
