/// The Castagnoli cyclic redundancy check (reflected polynomial 0x82F63B78, as in RFC 3720), eight bytes a turn.
///
/// It tells every burst of damage up to 32 bits, which is what a record needs to be told from its neighbours
/// when it is read. That nobody changed a record on purpose is what the hash chain of the commits is for.
struct CRC32C {
    private var state: UInt32 = .max

    var value: UInt32 { ~state }

    mutating func update(_ bytes: UnsafeRawBufferPointer) {
        Self.tables.withUnsafeBufferPointer { tables in
            var crc = state
            var index = 0
            while index &+ 8 <= bytes.count {
                let word = UInt64(
                    littleEndian: bytes.loadUnaligned(fromByteOffset: index, as: UInt64.self))
                let mixed = word ^ UInt64(crc)
                crc = 0
                for lane in 0..<8 {
                    let byte = Int(truncatingIfNeeded: (mixed >> (8 &* UInt64(lane))) & 0xff)
                    crc ^= tables[(7 &- lane) &* 256 &+ byte]
                }
                index &+= 8
            }
            while index < bytes.count {
                crc = tables[Int((crc ^ UInt32(bytes[index])) & 0xff)] ^ (crc >> 8)
                index &+= 1
            }
            state = crc
        }
    }

    mutating func update(littleEndian value: some FixedWidthInteger) {
        withUnsafeBytes(of: value.littleEndian) { update($0) }
    }

    /// Table `k` holds, at `k * 256 + byte`, the check of `byte` followed by `k` zero bytes.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: 0, count: 8 * 256)
        for byte in 0..<256 {
            var crc = UInt32(byte)
            for _ in 0..<8 {
                crc = crc & 1 == 1 ? 0x82f6_3b78 ^ (crc >> 1) : crc >> 1
            }
            tables[byte] = crc
        }
        for index in 256..<tables.count {
            let former = tables[index - 256]
            tables[index] = tables[Int(former & 0xff)] ^ (former >> 8)
        }
        return tables
    }()
}
