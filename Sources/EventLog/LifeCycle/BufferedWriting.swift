/// Writes a file from its beginning in large pieces.
struct BufferedWriting: ~Copyable {
    private let file: File
    private var buffer: [UInt8] = []
    private var offset = 0

    private static let bytesLimit = 1 << 20

    init(_ file: consuming File) {
        self.file = file
    }

    mutating func write(_ bytes: [UInt8]) throws(EventLogError) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bytesLimit { try flush() }
    }

    /// Writes the rest and makes the file durable.
    mutating func finish() throws(EventLogError) {
        try flush()
        try file.synchroniseData()
    }

    private mutating func flush() throws(EventLogError) {
        try file.write(buffer, at: offset)
        offset += buffer.count
        buffer.removeAll(keepingCapacity: true)
    }
}
