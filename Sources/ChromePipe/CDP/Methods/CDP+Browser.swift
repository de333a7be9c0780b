extension CDP {
    /// The `Browser` domain.
    public enum Browser {
        /// Who the browser is. Answered by the browser process alone: no check of the GPU or of a page.
        public struct GetVersion: CDPMethod {
            public static let name = "Browser.getVersion"
            public init() {}

            public static func decodeResponse(_ result: RawJSON) throws -> ChromeVersion {
                try ChromeVersion(result)
            }
        }

        /// Asks the browser to leave; it answers first.
        public struct Close: CDPMethod {
            public static let name = "Browser.close"
            public typealias Response = NoResponse
            public init() {}
        }

        /// Crashes the browser process. Never answered.
        public struct Crash: CDPMethod {
            public static let name = "Browser.crash"
            public typealias Response = NoResponse
            public init() {}
        }

        /// Crashes the GPU process.
        public struct CrashGPUProcess: CDPMethod {
            public static let name = "Browser.crashGpuProcess"
            public typealias Response = NoResponse
            public init() {}
        }
    }

    /// The `SystemInfo` domain.
    public enum SystemInfo {
        /// The browser's processes.
        public struct GetProcessInfo: CDPMethod {
            public static let name = "SystemInfo.getProcessInfo"

            public struct Response: Decodable, Sendable, Hashable {
                public let processInfo: [Process]
            }

            public struct Process: Decodable, Sendable, Hashable {
                /// `browser`, `renderer`, `GPU`, or the name of a service.
                public let type: String
                /// The process id.
                public let id: Int32
                /// Seconds of processor time.
                public let cpuTime: Double
            }

            public init() {}
        }
    }
}

/// What a browser says that it is.
public struct ChromeVersion: Sendable, Hashable {
    /// Such as `HeadlessChrome/156.0.8078.79`.
    public let product: String
    public let protocolVersion: String
    public let userAgent: String
    /// The version of V8.
    public let jsVersion: String

    /// Asked for with every sign of life, it is read without a decoder, which would take a third of the whole call.
    init(_ answer: RawJSON) throws {
        var (product, protocolVersion): (Range<Int>?, Range<Int>?)
        var (userAgent, jsVersion): (Range<Int>?, Range<Int>?)
        try answer.visitMembers { name, value in
            switch name {
            case "product": product = value
            case "protocolVersion": protocolVersion = value
            case "userAgent": userAgent = value
            case "jsVersion": jsVersion = value
            default: break
            }
        }
        func text(_ place: Range<Int>?, _ name: String) throws -> String {
            guard let place else { throw MalformedJSON(reason: "no \(name) in the answer", offset: 0) }
            return try answer.slice(place).text()
        }
        self.product = try text(product, "product")
        self.protocolVersion = try text(protocolVersion, "protocolVersion")
        self.userAgent = try text(userAgent, "userAgent")
        self.jsVersion = try text(jsVersion, "jsVersion")
    }
}
