/// What the browser tells of a target.
public struct TargetInfo: Decodable, Sendable, Hashable {
    public let targetId: TargetID
    public let type: String
    public let title: String
    public let url: String
    public let attached: Bool
    public let browserContextId: BrowserContextID?
}

/// A request that the `Fetch` domain holds.
public struct PausedRequest: Decodable, Sendable, Hashable {
    public struct Request: Decodable, Sendable, Hashable {
        public let url: String
        public let method: String
        public let headers: [String: String]
        public let postData: String?
    }

    public let requestId: String
    public let request: Request
    public let resourceType: String
}

/// A call of the page's `console`.
public struct ConsoleCall: Decodable, Sendable, Hashable {
    public struct Argument: Decodable, Sendable, Hashable {
        public let type: String
        public let value: JSONScalar?
        public let description: String?
    }

    /// `log`, `warning`, `error`, `debug`, and others.
    public let type: String
    public let args: [Argument]

    /// The arguments as one line, objects by their description.
    public var text: String {
        args.map { $0.value?.description ?? $0.description ?? $0.type }.joined(separator: " ")
    }
}

/// A line of the browser's log about a page, such as the loss of the GPU process.
public struct LogEntry: Decodable, Sendable, Hashable {
    public let source: String
    public let level: String
    public let text: String
    public let url: String?
}

/// A single JSON value that is no container; a container is `other`.
public enum JSONScalar: Decodable, Sendable, Hashable, CustomStringConvertible {
    case null
    case bool(Bool)
    case number(Double)
    case string(String)
    case other

    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .null
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .string(value)
        } else {
            self = .other
        }
    }

    public var description: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value):
            if let whole = Int64(exactly: value) { "\(whole)" } else { "\(value)" }
        case .string(let value): value
        case .other: "(object)"
        }
    }
}
