extension CDP {
    /// The `Page` domain.
    public enum Page {
        public struct Enable: CDPMethod {
            public static let name = "Page.enable"
            public typealias Response = NoResponse
            public init() {}
        }

        /// Tells of a document's stages with the loader that it belongs to.
        public struct SetLifecycleEventsEnabled: CDPMethod {
            public static let name = "Page.setLifecycleEventsEnabled"
            public typealias Response = NoResponse
            public var enabled: Bool
            public init(enabled: Bool) { self.enabled = enabled }
        }

        /// Navigates; answers when the document has committed. Revives a crashed page.
        public struct Navigate: CDPMethod {
            public static let name = "Page.navigate"
            public struct Response: Decodable, Sendable, Hashable {
                public let frameId: String
                /// Nil when the navigation stayed in the same document.
                public let loaderId: String?
                /// Set when the navigation failed.
                public let errorText: String?
            }
            public var url: String
            public init(url: String) { self.url = url }
        }

        public struct Reload: CDPMethod {
            public static let name = "Page.reload"
            public typealias Response = NoResponse
            public var ignoreCache: Bool
            public init(ignoreCache: Bool = false) { self.ignoreCache = ignoreCache }
        }

        /// Crashes the renderer. Never answered.
        public struct Crash: CDPMethod {
            public static let name = "Page.crash"
            public typealias Response = NoResponse
            public init() {}
        }
    }
}
