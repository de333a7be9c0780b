import Foundation
import NIOCore

extension CDP {
    /// The `Fetch` domain: requests held, and answered by us.
    public enum Fetch {
        public struct Header: Encodable, Sendable, Hashable {
            public let name: String
            public let value: String
            public init(_ name: String, _ value: String) {
                self.name = name
                self.value = value
            }
        }

        /// Holds every request of the page until it is answered.
        public struct Enable: CDPMethod {
            public static let name = "Fetch.enable"
            public typealias Response = NoResponse
            public struct Pattern: Encodable, Sendable, Hashable {
                public let urlPattern: String
                public init(urlPattern: String) { self.urlPattern = urlPattern }
            }
            public var patterns: [Pattern]
            public init(patterns: [Pattern] = [Pattern(urlPattern: "*")]) { self.patterns = patterns }
        }

        /// Answers a held request.
        public struct FulfillRequest: CDPMethod {
            public static let name = "Fetch.fulfillRequest"
            public typealias Response = NoResponse
            public var requestId: String
            public var responseCode: Int
            public var responseHeaders: [Header]
            /// Sent in base64; left out of the JSON encoder, which would look at every byte of it again.
            public var body: [UInt8]

            private enum CodingKeys: String, CodingKey { case requestId, responseCode, responseHeaders }

            public init(requestId: String, responseCode: Int, responseHeaders: [Header], body: [UInt8]) {
                self.requestId = requestId
                self.responseCode = responseCode
                self.responseHeaders = responseHeaders
                self.body = body
            }

            public func encodeParameters(into buffer: inout ByteBuffer) throws {
                // Base64 has no character that JSON escapes.
                buffer.writeBytes(try Self.encodeJSON(self).dropLast())
                buffer.writeString(",\"body\":\"")
                buffer.writeBytes(Data(body).base64EncodedData())
                buffer.writeString("\"}")
            }
        }

        /// Fails a held request.
        public struct FailRequest: CDPMethod {
            public static let name = "Fetch.failRequest"
            public typealias Response = NoResponse
            public var requestId: String
            /// Such as `Failed`, `Aborted`, `AccessDenied`.
            public var errorReason: String
            public init(requestId: String, errorReason: String = "Failed") {
                self.requestId = requestId
                self.errorReason = errorReason
            }
        }

        /// Lets a held request go on to the network.
        public struct ContinueRequest: CDPMethod {
            public static let name = "Fetch.continueRequest"
            public typealias Response = NoResponse
            public var requestId: String
            public init(requestId: String) { self.requestId = requestId }
        }
    }
}
