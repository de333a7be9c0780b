extension WireMessage {
    /// The canonical bytes: the message in proto3 wire format.
    public func encoded() -> [UInt8] {
        var writer = WireWriter()
        writer.append(self)
        return writer.encoded
    }

    /// A message of this type from its bytes; nothing of what this one holds is left in it.
    func decoding(_ bytes: [UInt8]) throws(WireError) -> Self {
        try bytes.withUnsafeBytes { buffer -> Result<Self, WireError> in
            var message = self
            do throws(WireError) {
                try WireReader.decode(buffer) { $0.fill(&message) }
                return .success(message)
            } catch {
                return .failure(error)
            }
        }.get()
    }
}

extension WireMessage where Self: DefaultInitializable {
    /// Reads a message from its bytes.
    ///
    /// - Throws: `WireError` for bytes that are no such message, or hold a field that this version does not know.
    public init(decoding bytes: [UInt8]) throws(WireError) { self = try Self().decoding(bytes) }
}
