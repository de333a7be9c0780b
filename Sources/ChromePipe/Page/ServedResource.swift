/// A request of a page to its virtual origin.
public struct RequestedResource: Sendable, Hashable {
    /// The whole address.
    public let url: String
    /// The path within the origin, from `/` on, without query and fragment.
    public let path: String
    public let method: String

    /// Nil for an address of another origin.
    package init?(url: String, method: String, origin: String) {
        guard url.hasPrefix(origin) else { return nil }
        self.url = url
        path = "/" + url.dropFirst(origin.count).prefix { $0 != "?" && $0 != "#" }
        self.method = method
    }
}

/// An answer to a page's request.
public struct ServedResource: Sendable, Hashable {
    /// The largest body: its base64 must fit in one message with room to spare. Serve more in parts.
    public static let bodyLimitBytes = 16 << 20

    /// A body that is larger.
    public struct TooLarge: Error, Sendable, Hashable, CustomStringConvertible {
        public let bytes: Int

        public init(bytes: Int) {
            self.bytes = bytes
        }

        public var description: String {
            "a resource of \(bytes) bytes is over the limit of \(ServedResource.bodyLimitBytes); "
                + "serve it in parts"
        }
    }

    public let body: [UInt8]
    public let contentType: String
    public let status: Int

    /// - Throws: ``TooLarge`` for more than ``bodyLimitBytes``.
    public init(body: [UInt8], contentType: String, status: Int = 200) throws(TooLarge) {
        guard body.count <= Self.bodyLimitBytes else { throw TooLarge(bytes: body.count) }
        self.body = body
        self.contentType = contentType
        self.status = status
    }

    /// A page.
    public static func html(_ text: String) throws(TooLarge) -> ServedResource {
        try ServedResource(body: Array(text.utf8), contentType: "text/html; charset=utf-8")
    }

    /// A script or module.
    public static func javaScript(_ text: String) throws(TooLarge) -> ServedResource {
        try ServedResource(body: Array(text.utf8), contentType: "text/javascript; charset=utf-8")
    }

    /// Data, such as weights.
    public static func bytes(_ body: [UInt8]) throws(TooLarge) -> ServedResource {
        try ServedResource(body: body, contentType: "application/octet-stream")
    }

    /// What a page gets that asks for something which is not there.
    // The body is far below the limit that the initializer refuses.
    package static let notFound = try! ServedResource(
        body: Array("not found".utf8), contentType: "text/plain; charset=utf-8", status: 404)

    /// The headers of the answer. With the two cross-origin headers the page is cross-origin isolated: its timers resolve
    /// to 5 µs and not 100 µs, and it may share memory with its workers.
    package var headers: [(name: String, value: String)] {
        [
            ("Content-Type", contentType),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Embedder-Policy", "require-corp"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cache-Control", "no-store"),
        ]
    }

    /// The answer to a held request.
    func fulfilment(of request: String) -> CDP.Fetch.FulfillRequest {
        CDP.Fetch.FulfillRequest(
            requestId: request, responseCode: status,
            responseHeaders: headers.map { .init($0.name, $0.value) }, body: body)
    }
}
