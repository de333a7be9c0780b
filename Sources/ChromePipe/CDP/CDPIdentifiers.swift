/// A CDP session: one attachment to one target, as the browser named it.
public struct SessionID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    init(_ text: String) { rawValue = text }
    public var description: String { rawValue }
}

/// A CDP target: a page, a worker, a frame of another process, as the browser named it.
public struct TargetID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }
}

/// A browser context: cookies and storage of its own, as the browser named it.
public struct BrowserContextID: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    public let rawValue: String
    public init(rawValue: String) { self.rawValue = rawValue }
    public var description: String { rawValue }
}
