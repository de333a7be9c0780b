import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#endif

/// Cuts the byte stream of the remote-debugging pipe into messages, each of which ends with a NUL byte.
///
/// It remembers where the search for the NUL stopped, so that a message which arrives in n pieces costs one
/// search of its bytes and not n.
struct NULFramer {
    /// A message that has grown beyond the limit without an end in sight.
    struct Overflow: Error, Equatable {
        let bytes: Int
        let limit: Int
    }

    /// The most bytes of one message, its NUL not counted.
    let limit: Int

    private var buffer = ByteBuffer()
    /// The bytes from the reader index on that are known to hold no NUL.
    private(set) var searched = 0

    init(limit: Int) {
        self.limit = limit
    }

    /// The bytes of memory that it holds, those of messages that were cut off among them.
    var capacity: Int { buffer.storageCapacity }

    /// Takes a copy of what has come.
    mutating func append(_ piece: UnsafeRawBufferPointer) {
        if buffer.readableBytes == 0 {
            // Messages that were cut off share the memory of the buffer before.
            buffer = ByteBuffer(bytes: piece)
            searched = 0
        } else {
            // Pieces that all end within a message would otherwise add up, with the messages that were cut off before.
            if buffer.readerIndex > buffer.readableBytes { buffer.discardReadBytes() }
            buffer.writeBytes(piece)
        }
    }

    /// The next whole message without its NUL, or nil until more bytes come.
    mutating func next() throws(Overflow) -> ByteBuffer? {
        let length: Int? = buffer.withUnsafeReadableBytes { bytes in
            guard searched < bytes.count, let base = bytes.baseAddress,
                let found = memchr(base + searched, 0, bytes.count - searched)
            else { return nil }
            return UnsafeRawPointer(found) - base
        }
        guard let length else {
            searched = buffer.readableBytes
            guard searched <= limit else { throw Overflow(bytes: searched, limit: limit) }
            return nil
        }
        guard length <= limit else { throw Overflow(bytes: length, limit: limit) }
        let message = buffer.readSlice(length: length)!
        buffer.moveReaderIndex(forwardBy: 1)
        searched = 0
        return message
    }
}
