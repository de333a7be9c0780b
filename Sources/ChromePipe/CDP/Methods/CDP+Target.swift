extension CDP {
    /// The `Target` domain.
    public enum Target {
        /// Opens a page. Answers before the page has committed its document.
        public struct CreateTarget: CDPMethod {
            public static let name = "Target.createTarget"
            public struct Response: Decodable, Sendable, Hashable { public let targetId: TargetID }
            public var url: String
            public var browserContextId: BrowserContextID?
            public init(url: String, browserContextId: BrowserContextID? = nil) {
                self.url = url
                self.browserContextId = browserContextId
            }
        }

        /// Lists the targets that there are.
        public struct GetTargets: CDPMethod {
            public static let name = "Target.getTargets"
            public struct Response: Decodable, Sendable, Hashable { public let targetInfos: [TargetInfo] }
            public init() {}
        }

        /// Closes a page. Calls to it that wait then never answer; the connection ends them.
        public struct CloseTarget: CDPMethod {
            public static let name = "Target.closeTarget"
            public typealias Response = NoResponse
            public var targetId: TargetID
            public init(targetId: TargetID) { self.targetId = targetId }
        }

        /// Attaches to a target; its messages then carry the session.
        public struct AttachToTarget: CDPMethod {
            public static let name = "Target.attachToTarget"
            public struct Response: Decodable, Sendable, Hashable { public let sessionId: SessionID }
            public var targetId: TargetID
            /// Sessions share the one connection; the nested form is not offered.
            public let flatten = true
            public init(targetId: TargetID) { self.targetId = targetId }
        }

        /// Tells of targets that come, change, crash and go.
        public struct SetDiscoverTargets: CDPMethod {
            public static let name = "Target.setDiscoverTargets"
            public typealias Response = NoResponse
            public var discover: Bool
            public init(discover: Bool) { self.discover = discover }
        }

        /// Makes a browser context: cookies and storage of its own.
        public struct CreateBrowserContext: CDPMethod {
            public static let name = "Target.createBrowserContext"
            public struct Response: Decodable, Sendable, Hashable {
                public let browserContextId: BrowserContextID
            }
            public init() {}
        }

        /// Ends a browser context and closes its pages.
        public struct DisposeBrowserContext: CDPMethod {
            public static let name = "Target.disposeBrowserContext"
            public typealias Response = NoResponse
            public var browserContextId: BrowserContextID
            public init(browserContextId: BrowserContextID) { self.browserContextId = browserContextId }
        }
    }

    /// The `Inspector` domain.
    public enum Inspector {
        /// Tells when the page's renderer crashes and comes back.
        public struct Enable: CDPMethod {
            public static let name = "Inspector.enable"
            public typealias Response = NoResponse
            public init() {}
        }
    }

    /// The `Log` domain.
    public enum Log {
        /// Tells what the browser logs about the page.
        public struct Enable: CDPMethod {
            public static let name = "Log.enable"
            public typealias Response = NoResponse
            public init() {}
        }
    }
}
