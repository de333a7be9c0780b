/// A run of a model completed on a kind of browser where it was tried again.
public struct ModelBreakerClosed: EventMessage {
    public static let number = 94
    public static let name: StaticString = "model_breaker_closed"

    /// The model.
    public var modelDigest: Digest
    /// The browser's product.
    public var browser: BrowserKind

    public init(modelDigest: Digest = .zero, browser: BrowserKind = .headlessShell) {
        self.modelDigest = modelDigest
        self.browser = browser
    }

    public mutating func visit<V: FieldVisitor>(_ visitor: inout V) {
        visitor.digest(1, "model_digest", &modelDigest)
        visitor.choice(2, "browser", &browser)
    }

    public var payload: EventPayload { .modelBreakerClosed(self) }
}
