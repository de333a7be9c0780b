extension WireMessage where Self: DefaultInitializable {
    /// The canonical bytes: the message in proto3 wire format.
    public func encoded() -> [UInt8] {
        var writer = WireWriter()
        writer.append(self)
        return writer.encoded
    }

    /// Reads a message from its bytes.
    ///
    /// - Throws: `WireError` for bytes that are no such message, or hold a field that this version does not know.
    public init(decoding bytes: [UInt8]) throws(WireError) {
        self.init()
        let result = bytes.withUnsafeBytes { buffer -> Result<Self, WireError> in
            var message = Self()
            do throws(WireError) {
                try WireReader.decode(buffer) { $0.fill(&message) }
                return .success(message)
            } catch {
                return .failure(error)
            }
        }
        self = try result.get()
    }
}
