/// The bounds of one connection.
public struct CDPLimits: Sendable, Hashable {
    /// The most bytes of one message, either way. Chrome stops reading for ever, without a word, at a message of
    /// more than 100 MiB: stay well below.
    public var messageBytes = 64 << 20

    /// The most bytes that may wait to be read by the browser, over all calls.
    public var backlogBytes = 256 << 20

    /// How long the browser may read nothing of what waits before it is given up and killed.
    public var writeStall: Duration = .seconds(10)

    public init() {}
}
